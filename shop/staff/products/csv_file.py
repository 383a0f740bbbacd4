"""Reads text with commas, semicolons or tabs between its columns: RFC 4180, and what programs make of it."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import suppress

from shop.staff.products.columns import column_of
from shop.staff.products.table import Line, Spoilt, Table, Unreadable, bounded

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CUT_OFF = Spoilt("the line ends before this column. Is it the whole file?")
SAVE_AS = "Save it as “CSV UTF-8”, or as a workbook (.xlsx)."


def read_csv(content: bytes) -> Table:
    """Raises Unreadable, also while the lines are read."""
    text, encoding = decode(content)
    if "\0" in text:
        raise Unreadable(f"The file has NUL characters in it, so it is no text as this desk reads it. {SAVE_AS}")
    said = _said_separator(text)
    separator = said or _likely_separator(text)
    notes = []
    if encoding == "Windows-1252":
        notes.append(
            "The file is not in UTF-8, so it was read as Windows-1252. Please look whether é, ü and € are right."
        )
    return Table(
        bounded(_lines(text, separator, skip=bool(said))),
        read_as=f"{encoding}, {SEPARATORS[separator]} between the columns",
        comma=separator != ",",
        notes=notes,
    )


def decode(content: bytes) -> tuple[str, str]:
    """The text, and what its encoding is called. Raises Unreadable."""
    if content.startswith(UTF_16):
        with suppress(UnicodeDecodeError):
            return content.decode("utf-16"), "UTF-16"
        raise Unreadable(f"The file begins as UTF-16, and is none further down: it is damaged. {SAVE_AS}")
    with suppress(UnicodeDecodeError):
        return content.decode("utf-8-sig"), "UTF-8"
    with suppress(UnicodeDecodeError):
        return content.decode("cp1252"), "Windows-1252"
    raise Unreadable(f"The file is neither in UTF-8 nor in Windows-1252. {SAVE_AS}")


def _said_separator(text: str) -> str:
    """What a first line `sep=;` says, as spreadsheet programs write it."""
    first = text[:6].rstrip("\r\n").lower()
    return first[4] if len(first) == 5 and first.startswith("sep=") and first[4] in SEPARATORS else ""


def _likely_separator(text: str) -> str:
    """The one by which the first line that has something in it names the most columns."""
    first = next((line for line in io.StringIO(text[:100_000], newline=None) if line.strip(" ,;\t\r\n")), "")
    return max(SEPARATORS, key=lambda one: _fit(first, one))


def _fit(line: str, separator: str) -> tuple[int, int]:
    names = next(csv.reader([line], delimiter=separator), [])
    return sum(column_of(name) is not None for name in names), len(names)


def _lines(text: str, separator: str, *, skip: bool) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start, width = 1, 0
    try:
        for cells in reader:
            number, start = start, reader.line_num + 1
            if not any(cells) or (skip and number == 1):
                continue
            width = width or len(cells)
            yield Line(number, [*(cell.strip() for cell in cells), *[CUT_OFF] * (width - len(cells))])
    except csv.Error as error:
        raise Unreadable(f"Line {start}: {_why(error)}") from None


def _why(error: csv.Error) -> str:
    if "field larger" in str(error):
        return "a cell is longer than 100,000 characters. Is a quotation mark missing somewhere?"
    return 'the quotation marks (") in it do not come in pairs. Inside a text each is written twice: "a 3"" pipe".'
