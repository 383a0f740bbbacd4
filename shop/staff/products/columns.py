"""The columns that a file of products may have, and what people call them."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from orders.fault import shown
from shop.staff.products.table import Cell, Line, Unreadable

COLUMNS = ("sku", "name", "price", "active", "bin_location", "sap_material", "codes")
NO_IDEA = "”."  # ends a sentence on a heading that is like none of them
MOST_FAULTS = 20
TEXTS = ("name", "bin_location", "sap_material")
# Headings that mean the same. The page of a product calls them so.
ALSO = {"bin": "bin_location", "code": "codes", "ean": "codes", "gtin": "codes"}


def column_of(heading: str) -> str | None:
    """ " SAP-Material" is sap_material."""
    name = re.sub(r"[\s_-]+", "_", heading.strip().strip("\ufeff").casefold())
    name = ALSO.get(name, name)
    return name if name in COLUMNS else None


def read_header(line: Line) -> list[str]:
    """The columns' names in the file's order; "" where nothing stands. Raises Unreadable with all that is wrong."""
    headings = [str(cell) if isinstance(cell, str) else "?" for cell in line.cells]
    if not any(column_of(heading) for heading in headings):
        first = ", ".join(shown(heading) for heading in headings[:5] if heading)
        raise Unreadable(f"The first line has to name the columns: {', '.join(COLUMNS)}. It says: {first}.")
    found = [column_of(heading) or "" for heading in headings]
    faults = [_unknown(heading) for heading, name in zip(headings, found, strict=True) if heading and not name]
    if any(fault.endswith(NO_IDEA) for fault in faults):
        faults = [*faults[:MOST_FAULTS], f"The desk knows {', '.join(COLUMNS)}."]
    faults += [f"There are two columns {name}." for name in COLUMNS if found.count(name) > 1]
    if "sku" not in found:
        faults.append("There is no column sku: by it the desk knows which product a line is about.")
    if faults:
        raise Unreadable(" ".join(faults[: MOST_FAULTS + 2]))
    return found


def _unknown(heading: str) -> str:
    known = [*COLUMNS, *ALSO]
    near = get_close_matches(heading.strip().casefold(), known, 1)
    return f"There is no column “{shown(heading)}{NO_IDEA}" + (f" Did you mean {near[0]}?" if near else "")


def without_heading(header: Sequence[str], cells: Sequence[Cell]) -> int | None:
    """The position (from 1) of a value in a column that has no heading."""
    for position, cell in enumerate(cells, start=1):
        if cell != "" and (position > len(header) or not header[position - 1]):
            return position
    return None
