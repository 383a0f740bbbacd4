"""What a scan means: an article of the order on the screen, an order, an article of no order here, or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from orders.models import Order, Product, ProductCode
from shop.staff.scanned import Scanned, article_key


@dataclass(frozen=True)
class Meaning:
    """At most one of these is there. `lines` are (line, pieces) pairs: several if the code could be two articles."""

    lines: tuple[tuple[int, int], ...] = ()
    order: Order | None = None
    product: Product | None = None

    def __bool__(self) -> bool:
        return bool(self.lines or self.order or self.product)


def meaning(scanned: Scanned, order: Order | None) -> Meaning:
    """Where nothing is found it is read once more with Y and Z exchanged."""
    found = _meaning(scanned, order)
    if not found and (other := scanned.exchanged):
        found = _meaning(other, order)
    return found


def _meaning(scanned: Scanned, order: Order | None) -> Meaning:
    if order and (lines := _lines(order, scanned)):
        return Meaning(lines=lines)
    if found := order_of(scanned):
        return Meaning(order=found)
    return Meaning(product=product_of(scanned))


def order_of(scanned: Scanned) -> Order | None:
    """The order whose number, or whose page's address, it is."""
    if scanned.order_id is not None:
        return Order.objects.filter(pk=scanned.order_id).first()
    return Order.objects.filter(number=scanned.number).first() if scanned.number else None


def product_of(scanned: Scanned) -> Product | None:
    """The article with this code or SKU, in whichever order it may be."""
    forms = scanned.forms
    return Product.objects.filter(Q(sku__in=forms) | Q(codes__code__in=forms)).order_by("pk").first()


def _lines(order: Order, scanned: Scanned) -> tuple[tuple[int, int], ...]:
    """The lines that it may mean: those with exactly this code, or else those whose code reads alike."""
    codes = list(_codes(order))
    same = [(line, pieces) for line, code, pieces in codes if code == scanned.text]
    if not same and scanned.key:
        same = [(line, pieces) for line, code, pieces in codes if article_key(code) == scanned.key]
    return tuple(dict(same).items()) if len(dict(same)) == len(set(same)) else tuple(set(same))


def _codes(order: Order) -> Iterator[tuple[int, str, int]]:
    """Each line with each of its codes, and how many pieces that stands for."""
    lines = {line.product_id: line for line in order.lines.select_related("product")}
    for line in lines.values():
        yield line.pk, line.sku, 1
        if line.product.sku != line.sku:
            yield line.pk, line.product.sku, 1
    for row in ProductCode.objects.filter(product__in=lines):
        yield lines[row.product_id].pk, row.code, row.pieces
