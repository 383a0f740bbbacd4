"""Compares a file's lines with the products that are there. Reads the database, changes nothing."""

from copy import copy
from typing import Any

from orders.models import Product, ProductCode
from shop.staff.products import cells
from shop.staff.products.columns import COLUMNS, read_header, without_heading
from shop.staff.products.faults import Wrong
from shop.staff.products.known import Known
from shop.staff.products.looking import look_closely
from shop.staff.products.picture import Difference, Entry, Picture
from shop.staff.products.prices import point_or_comma
from shop.staff.products.shown import field_in_words, product_in_words
from shop.staff.products.table import Cell, Line, Table, Unreadable

NEEDED = ("name", "price")  # of a new product


def compare(table: Table) -> Picture:
    """Raises Unreadable if the file as a whole can't be taken."""
    lines = iter(table.lines)
    first = next(lines, None)
    if first is None:
        raise Unreadable("The file is empty.")
    comparison = Comparison(table, read_header(first))
    for line in lines:
        comparison.take(line)
    picture = comparison.picture
    if not (picture.same or picture.changes_something or picture.faults.count):
        raise Unreadable("There is no line below the columns' names.")
    look_closely(picture, comparison.known)
    return picture


class Comparison:
    def __init__(self, table: Table, header: list[str]) -> None:
        self.header = header
        self.comma = table.comma
        self.picture = Picture(table.read_as, [name for name in COLUMNS if name in header], notes=table.notes)
        self.known = Known.now(Product.objects.all(), ProductCode.objects.all())
        self.lines: dict[str, tuple[int, str]] = {}  # in which line a SKU was, by its letters without capitals
        self.sign: tuple[str, int] = ("", 0)  # before the cents, and in which line first

    def take(self, line: Line) -> None:
        wrong = without_heading(self.header, line.cells)
        if wrong:
            self.picture.faults.add(line.number, f"column {wrong}", "there is a value, and the column has no name.")
            return
        if len(line.cells) < len(self.header):
            line.cells.extend([""] * (len(self.header) - len(line.cells)))
        found = {name: cell for name, cell in zip(self.header, line.cells, strict=False) if name}
        try:
            sku = self._sku(line.number, found.pop("sku"))
        except Wrong as error:
            self.picture.faults.add(line.number, "sku", str(error))
            return
        self._compare(line.number, sku, found)

    def _sku(self, line: int, cell: Cell) -> str:
        sku = cells.text_of(cell)
        if sku not in self.known.products:
            sku = cells.checked_text("sku", cell)
        there = self.lines.setdefault(sku.casefold(), (line, sku))
        if there[0] != line:
            how = "stands" if there[1] == sku else f"differs by capitals alone from {there[1]}, which stands"
            raise Wrong(f"{sku} {how} in line {there[0]} already.")
        if sku not in self.known.products and (twin := self.known.twin(sku)):
            raise Wrong(f"{sku} differs by capitals alone from {twin}, which is there already.")
        return sku

    def _compare(self, line: int, sku: str, found: dict[str, Cell]) -> None:
        old = self.known.products.get(sku)
        entry = Entry(line, copy(old) if old else Product(sku=sku), {})
        before = product_in_words(old, self.known.codes.get(old.pk, {})) if old else {}
        count = self.picture.faults.count
        for name, cell in found.items():
            self._compare_field(entry, name, cell, before)
        for name in NEEDED if old is None else ():
            if name not in found:
                self.picture.faults.add(line, name, f"{sku} is new, and the file has no column {name}.")
        if self.picture.faults.count > count:
            return
        if old is None:
            self.picture.new.append(entry)
        elif entry.differences:
            self.picture.changed.append(entry)
        else:
            self.picture.same += 1

    def _compare_field(self, entry: Entry, name: str, cell: Cell, before: dict[str, str]) -> None:
        """What stands there as we would write it ourselves is the same, whatever rules have come since."""
        try:
            if _is_same(name, cell, before):
                return
            value = self._read(entry.line, name, cell)
        except Wrong as error:
            self.picture.faults.add(entry.line, name, str(error))
            return
        new = field_in_words(name, value)
        if new != before.get(name, ""):
            entry.differences.append(Difference(name, before.get(name, ""), new))
            entry.values[name] = value

    def _read(self, line: int, name: str, cell: Cell) -> Any:
        if name != "price":
            return cells.READERS[name](cell)
        price = cells.price_of(cell, comma=self.comma)
        if sign := point_or_comma(cell):
            self.sign = self.sign if self.sign[0] else (sign, line)
            if sign != self.sign[0]:
                words = {".": "a point", ",": "a comma"}
                raise Wrong(
                    f"{cell} has {words[sign]}, line {self.sign[1]} has {words[self.sign[0]]}. Use one of them."
                )
        return price


def _is_same(name: str, cell: Cell, before: dict[str, str]) -> bool:
    if name == "active" and cell == "":
        return True  # As it is; a new product is on sale.
    return bool(before) and name != "active" and cells.text_of(cell) == before[name]
