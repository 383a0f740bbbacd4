"""Looks at a picture as a whole: codes that would be two products', and what deserves a second look."""

from collections import Counter
from decimal import Decimal

from shop.staff.products.codes import doubt
from shop.staff.products.known import Known
from shop.staff.products.picture import Entry, Picture

FACTOR = 3  # A price that becomes so many times as much, or as little, may have lost its point.


def look_closely(picture: Picture, known: Known) -> None:
    """Adds faults and doubts to the picture."""
    entries = [*picture.new, *picture.changed]
    _check_owners(picture, known, [entry for entry in entries if "codes" in entry.values])
    for entry in entries:
        for words in _doubts(entry, known):
            picture.doubts.add(entry.line, *words)


def _check_owners(picture: Picture, known: Known, entries: list[Entry]) -> None:
    """A code is one product's alone, when all is done: a file may take it from one and give it to another."""
    given = {entry.product.pk for entry in entries}
    owners = {
        code.casefold(): product.sku
        for product in known.products.values()
        if product.pk not in given
        for code in known.codes.get(product.pk, ())
    }
    for entry in entries:
        for code in entry.values["codes"]:
            owner = owners.setdefault(code.casefold(), entry.product.sku)
            if owner != entry.product.sku:
                picture.faults.add(entry.line, "codes", f"{code} is a code of {owner}.")


def _doubts(entry: Entry, known: Known) -> list[tuple[str, str]]:
    found = [("codes", words) for code in entry.values.get("codes", ()) if (words := doubt(code))]
    found += [
        ("codes", f"{code} is the SKU of another product.")
        for code in entry.values.get("codes", ())
        if code in known.products and code != entry.product.sku
    ]
    if not entry.product.pk and (longer := _with_zeros(entry.product.sku, known)):
        found.append(("sku", f"{entry.product.sku} is new, and there is {longer}: has the program dropped the zeros?"))
    if entry.product.pk and _jumps(entry.product.amount, entry.values.get("price")):
        words = next(str(one) for one in entry.differences if one.field == "price")
        found.append(("price", words.removeprefix("price: ")))
    return found


def _with_zeros(sku: str, known: Known) -> str:
    longer = (sku.rjust(length, "0") for length in range(len(sku) + 1, len(sku) + 9)) if sku.isdecimal() else ()
    return next((one for one in longer if one in known.products), "")


def _jumps(old: Decimal, new: Decimal | None) -> bool:
    return new is not None and old > 0 and not old / FACTOR <= new <= old * FACTOR


def spread(picture: Picture) -> list[tuple[str, int]]:
    """How many products change in which field, the most first."""
    return Counter(one.field for entry in picture.changed for one in entry.differences).most_common()
