"""Reads the first sheet of a workbook (.xlsx), which is a zip of XML that anybody may have made.

openpyxl reads it line by line. Its XML goes through defusedxml where that is installed: no entity is expanded.
"""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from shop.staff.products.table import MAX_COLUMNS, MAX_LINES, Cell, Line, Spoilt, Table, Unreadable, bounded

LARGEST = 60 * 1024 * 1024  # bytes unpacked: 20,000 products have eight million
MOST_PARTS = 500
ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
TEXT = re.compile(rb"<(?:\w+:)?si[\s/>]")
LARGEST_ROW = LARGEST_OTHER = 4 * 1024 * 1024  # bytes: an element costs a hundred times what it has in the file
MOST_ROWS, MOST_TEXTS = 4 * MAX_LINES, 10 * MAX_LINES
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+[^>]*ref="([A-Z0-9:]+)"')
DIGITS_KEPT = 15  # of a number in a spreadsheet
SAVE_AS = "Save it as a workbook (.xlsx) or as “CSV UTF-8”."
AS_TEXT = "Format the column as text and write it again."


def read_workbook(content: bytes) -> Table:
    """Raises Unreadable, also while the lines are read."""
    _check_zip(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
    except Exception as error:  # Whatever openpyxl stumbles over: the file is somebody's.
        raise Unreadable(f"This workbook can't be read ({type(error).__name__}). {SAVE_AS}") from None
    notes = [f"Of {len(book.sheetnames)} sheets, only the first was read."] if len(book.sheetnames) > 1 else []
    return Table(bounded(_lines(sheet)), read_as=f"workbook, sheet “{sheet.title}”", notes=notes)


def _check_zip(content: bytes) -> None:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
            for name in archive.namelist():
                _check_part(name, archive)
    except Unreadable:
        raise
    except (BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        raise Unreadable(f"This workbook is damaged, or locked with a password. {SAVE_AS}") from None
    except Exception as error:  # zlib's and lzma's own errors
        raise Unreadable(f"This workbook is damaged ({type(error).__name__}). {SAVE_AS}") from None


def _check_parts(archive: ZipFile) -> None:
    """Python's zipfile hands out no more of a part than the part says it has: so what they say is what there is."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    _refuse_if(len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST)
    if "mimetype" in names:
        raise Unreadable(f"This is an OpenDocument file (.ods). {SAVE_AS}")
    if "xl/workbook.xml" not in names:
        raise Unreadable(f"This is no workbook (.xlsx). {SAVE_AS}")


def _check_part(name: str, archive: ZipFile) -> None:
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        _check_sheet(archive.read(name))
    elif name.lower().endswith("sharedstrings.xml"):
        _refuse_if(len(TEXT.findall(archive.read(name))) > MOST_TEXTS)
    elif name.lower().endswith((".xml", ".rels")):
        _refuse_if(archive.getinfo(name).file_size > LARGEST_OTHER)


def _check_sheet(xml: bytes) -> None:
    """Of merged cells only the first has the value: the others' lines would lose theirs."""
    starts = [0, *(found.start() for found in ROW.finditer(xml)), len(xml)]
    _refuse_if(len(starts) > MOST_ROWS or max(end - start for start, end in pairwise(starts)) > LARGEST_ROW)
    if found := MERGED.search(xml):
        raise Unreadable(f"The cells {found[1].decode()} are merged. Unmerge them, so that each line has its own.")


def _refuse_if(too_large: bool) -> None:
    if too_large:
        raise Unreadable("This workbook is too large when it is unpacked. Please split it, or save it as CSV.")


def _lines(sheet: Any) -> Iterator[Line]:
    rows = sheet.iter_rows(max_col=MAX_COLUMNS + 1)
    number = 0
    while True:
        try:
            row = next(rows, None)
            cells = [_cell(cell) for cell in row or ()]
        except Exception as error:  # The XML is read while the lines are.
            raise Unreadable(f"The workbook can't be read behind line {number} ({type(error).__name__}).") from None
        if row is None:
            return
        number += 1
        if number > MAX_LINES * 4 and any(cell != "" for cell in cells):
            raise Unreadable(f"The sheet has something in line {number}. More than {MAX_LINES:,} are not taken.")
        yield Line(number, cells)


def _cell(cell: Any) -> Cell:
    value, kind = cell.value, getattr(cell, "data_type", "n")
    if value is None:
        return ""
    if kind == "f":
        return Spoilt(f"it is a formula ({_short(value)}). Copy the column and paste it as values.")
    if kind == "e":
        return Spoilt(f"the spreadsheet program shows an error there ({_short(value)}).")
    if isinstance(value, date | datetime | time | timedelta):
        return Spoilt(f"it is a date or a time ({_short(value)}); spreadsheet programs make one of 1-2. {AS_TEXT}")
    if isinstance(value, bool):
        return value
    return _number(value) if isinstance(value, int | float) else str(value).strip()


def _number(value: float) -> Cell:
    """As the program shows it: it keeps fifteen digits, and the file has what a float makes of them."""
    exact = isinstance(value, int) and abs(value) < 10**DIGITS_KEPT
    found = Decimal(value) if exact else Decimal(format(value, f".{DIGITS_KEPT}g"))
    if not found.is_finite() or abs(found) >= 10**DIGITS_KEPT:
        return Spoilt(f"it is a number of more than {DIGITS_KEPT} digits; a spreadsheet loses the others. {AS_TEXT}")
    return found


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 32 else f"{text[:31]}…"
