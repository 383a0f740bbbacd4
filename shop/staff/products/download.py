"""The files that go out: what the list of products shows just now."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpResponse

from orders.models import Product
from shop.staff.products.export import as_csv, as_workbook

KINDS: dict[str, tuple[str, Callable[[Iterable[Product]], bytes]]] = {
    "products.csv": ("text/csv; charset=utf-8", as_csv),
    "products.xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_workbook),
}


def download(products: Any, name: str) -> HttpResponse:
    """Raises Http404 for another name."""
    if name not in KINDS:
        raise Http404
    content_type, write = KINDS[name]
    response = HttpResponse(write(products.prefetch_related("codes")), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
