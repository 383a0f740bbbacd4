"""The printer of new slips, as long as staff have entered no others. `.env.example` explains each variable."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from printing.documents.paper import check_paper
from printing.printers.address import check_address


@dataclass(frozen=True, kw_only=True)
class PrinterSettings:
    """The variables SHOP_PRINTER_…, read by `shop.destinations`."""

    url: Annotated[str, check_address] = "spool:"
    paper: Annotated[str, check_paper] = "a4"
    keeps_history: bool = False
    ca_file: Path | None = None
    poll: timedelta = timedelta(seconds=10)  # How often printers are asked how they are.
