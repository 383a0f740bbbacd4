"""Saves what a file changes: all of it or nothing, in one transaction, with a line in the history for each product."""

from django.db import IntegrityError, transaction

from orders.models import Deed, Product, ProductCode, ProductImport
from shop.staff.products.comparing import compare
from shop.staff.products.picture import Entry, Picture
from shop.staff.products.reading import read_file

AT_ONCE = 1000  # rows a statement
SAVED = ("name", "price", "active", "bin_location", "sap_material")


class Refused(Exception):
    """Nothing was saved: the file has faults, or would change something else than was shown. `picture` is today's."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        super().__init__(picture.counts)


def import_products(upload: ProductImport, *, by: str, shown: str | None = None) -> Picture:
    """Does what the file says; `shown` is the fingerprint of the picture that was agreed to, None if none was.

    Raises Refused, Unreadable. Somebody who saves a product meanwhile waits for the end; orders do not.
    """
    content = bytes(upload.content)
    try:
        with transaction.atomic():
            _lock()
            picture = compare(read_file(content))
            if picture.faults.count or shown not in (None, picture.fingerprint):
                raise Refused(picture)
            _save(picture, upload, by)
    except IntegrityError:  # Somebody has added one of these SKUs or codes while we looked.
        raise Refused(compare(read_file(content))) from None
    return picture


def _lock() -> None:
    """By rising ids, so that two imports don't wait for one another. An order's lines may point at them meanwhile."""
    list(Product.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))


def _save(picture: Picture, upload: ProductImport, by: str) -> None:
    for entry in (*picture.new, *picture.changed):
        for name in SAVED:
            if name in entry.values:
                setattr(entry.product, name, entry.values[name])
    Product.objects.bulk_create((entry.product for entry in picture.new), AT_ONCE)
    _update([entry.product for entry in picture.changed])
    _save_codes([entry for entry in (*picture.new, *picture.changed) if "codes" in entry.values])
    _remember(picture, upload, by)


def _update(products: list[Product]) -> None:
    """By INSERT … ON CONFLICT: a hundred times as fast as a CASE of a thousand branches. All of them are there."""
    Product.objects.bulk_create(products, AT_ONCE, update_conflicts=True, update_fields=SAVED, unique_fields=["id"])


def _save_codes(entries: list[Entry]) -> None:
    """First all are taken, then given: a code may go from one product to another."""
    for start in range(0, len(entries), AT_ONCE):
        some = [entry.product.pk for entry in entries[start : start + AT_ONCE]]
        ProductCode.objects.filter(product__in=some).delete()
    ProductCode.objects.bulk_create(
        (
            ProductCode(product=entry.product, code=code, pieces=pieces)
            for entry in entries
            for code, pieces in entry.values["codes"].items()
        ),
        AT_ONCE,
    )


def _remember(picture: Picture, upload: ProductImport, by: str) -> None:
    details = {entry.product.pk: entry.detail for entry in picture.changed}
    retired = [entry.product for entry in picture.changed if entry.retires]
    others = [entry.product for entry in picture.changed if not entry.retires]
    Deed.remember(Deed.What.IMPORTED, [upload], by=by, detail=picture.counts)
    Deed.remember(Deed.What.ADDED, [entry.product for entry in picture.new], by=by)
    Deed.remember(Deed.What.CHANGED, others, by=by, detail=lambda product: details[product.pk])
    Deed.remember(Deed.What.RETIRED, retired, by=by, detail=lambda product: details[product.pk])
