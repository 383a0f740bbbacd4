"""Which way leads to a printer: its URL's scheme decides."""

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urlsplit

from printing.printers.backend import Backend
from printing.printers.ipp.queue import IppQueue
from printing.printers.spool import SpoolFolder

SCHEMES: dict[str, Callable[[str], Backend]] = {
    "ipp": IppQueue,  # a CUPS queue or a printer
    "ipps": IppQueue,  # the same over TLS
    "spool": SpoolFolder,  # the folder SHOP_SPOOL_DIR
}


@lru_cache
def backend(url: str) -> Backend:
    """The same object for the same URL; it keeps no more than which IPP is spoken. After `spool:` stands which folder
    it is.

    Raises KeyError for a scheme that nobody knows: forms and settings have checked it before.
    """
    return SCHEMES[urlsplit(url).scheme](url)
