"""Files that were uploaded: kept between the picture and the yes, on whichever web process that comes."""

from datetime import timedelta

from django.db import transaction

from orders.database.clock import from_now
from orders.models import ProductImport
from shop.staff.products.applying import Refused, import_products
from shop.staff.products.comparing import compare
from shop.staff.products.picture import Picture
from shop.staff.products.reading import read_file

KEPT = timedelta(days=1)  # a file whose picture nobody has said yes to


class DoneAlready(Exception):
    """Somebody has pressed twice, or in two windows."""


def look_at(name: str, content: bytes, *, by: str) -> tuple[ProductImport, Picture]:
    """Keeps the file, and tells what it would change. Raises Unreadable, and then keeps nothing."""
    picture = compare(read_file(content))
    ProductImport.objects.filter(done_at=None, at__lt=from_now(-KEPT)).delete()
    upload = ProductImport(at=from_now(), by=by, name=short(name), content=content)
    if not picture.faults.count:
        ProductImport.objects.filter(done_at=None, by=by).delete()
        upload.save()
    return upload, picture


@transaction.atomic
def agree(upload_id: int, *, by: str, shown: str) -> tuple[ProductImport, Picture]:
    """Saves what was shown to this person. Raises Refused, DoneAlready, ProductImport.DoesNotExist."""
    upload = ProductImport.objects.select_for_update().get(pk=upload_id, by=by)
    if upload.done_at:
        raise DoneAlready
    picture = import_products(upload, by=by, shown=shown)
    _end(upload)
    return upload, picture


@transaction.atomic
def import_at_once(name: str, content: bytes, *, by: str) -> Picture:
    """Without anybody who looks: for a command. Raises Refused, Unreadable."""
    upload = ProductImport.objects.create(at=from_now(), by=by, name=short(name), content=content)
    picture = import_products(upload, by=by)
    _end(upload)
    return picture


def _end(upload: ProductImport) -> None:
    ProductImport.objects.filter(pk=upload.pk).update(content=b"", done_at=from_now())


def short(name: str) -> str:
    """A file's name, as it is kept: without what can't be seen, and its end, where the kind stands."""
    seen = "".join(char for char in name if char.isprintable()).strip() or "products"
    return seen[-120:]


__all__ = ["DoneAlready", "Refused", "agree", "import_at_once", "look_at"]
