"""An answer's body as text or JSON, whatever its sender says of its encoding."""

import codecs
import json
import re
import zlib
from contextlib import suppress
from typing import Any

import requests

from orders.steps import LARGEST_ANSWER

# The longer mark first: UTF-32's begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PROLOG = re.compile(rb"<\?xml[^>]{0,80}encoding\s*=\s*[\"']([\w.:-]+)")  # https://www.w3.org/TR/xml/#charencoding
WIDE = re.compile(r"utf[-_]?(16|32)", re.IGNORECASE)  # Text in these has zero bytes in it.
GZIP = b"\x1f\x8b"


def text_of(response: requests.Response) -> str:
    """The body without its byte order mark. Never raises: what no encoding explains is read as Latin-1.

    A mark decides, then zeros among its first bytes, then UTF-8 if it is that (whatever the header says), then what
    prolog and header say.
    """
    raw = _unzipped(response.content or b"")
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, errors="replace").lstrip("\ufeff")
    for encoding in _candidates(raw, response.encoding or ""):
        with suppress(LookupError, ValueError):
            return raw.decode(encoding).lstrip("\ufeff")
    return raw.decode("latin-1")


def json_of(response: requests.Response) -> Any:
    """The body as JSON. Raises ValueError for anything else, and for what is nested too deep to be read."""
    try:
        return json.loads(text_of(response), strict=False)  # A line's end within a text spoils nothing.
    except RecursionError as error:
        raise ValueError("It is nested too deep.") from error


def _candidates(raw: bytes, declared: str) -> list[str]:
    prolog = PROLOG.match(raw)
    names = [name for name in (prolog[1].decode() if prolog else "", declared) if name]
    wide = [name for name in names if WIDE.match(name)]
    # What calls itself Latin-1 is Windows-1252: https://encoding.spec.whatwg.org/#names-and-labels
    narrow = [name for name in names if name not in wide and not _is_latin_1(name)]
    # The first characters of all that is read here are ASCII.
    looks = [json.detect_encoding(raw)] if b"\0" in raw[:4] else []
    return [*(wide if b"\0" in raw else []), *looks, "utf-8", *narrow, "cp1252"]


def _is_latin_1(name: str) -> bool:
    with suppress(LookupError, ValueError):
        return codecs.lookup(name).name == "iso8859-1"
    return False


def _unzipped(raw: bytes) -> bytes:
    """A body that was packed without a header that says so, unpacked as far as an answer may be long."""
    if raw.startswith(GZIP):
        with suppress(zlib.error):
            return zlib.decompressobj(wbits=31).decompress(raw, LARGEST_ANSWER)
    return raw
