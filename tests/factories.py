"""Products and orders for tests. The only place where tests make them, but for those that test placing itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.conf import settings
from django.utils import timezone

from orders.models import Order, OrderLine, Product, Step

_serial = count(1)


def make_product(**fields: Any) -> Product:
    """A product on sale; what is not given is made up, the SKU anew each time."""
    number = next(_serial)
    made_up = {"sku": f"SKU-{number}", "name": f"Product {number}", "price": Decimal("7.77")}
    return Product.objects.create(**made_up | fields)


def make_order(
    lines: Sequence[tuple[Product, int]] | None = None,
    *,
    steps: Iterable[str] | None = None,
    created_at: datetime | None = None,
    **fields: Any,
) -> Order:
    """An order of these products and quantities, with a queued step for each of `steps` (the shop's own by default).

    The total is the sum of its lines unless it is given. The order is read again: its lines have their products.
    """
    if lines is None:
        lines = [(make_product(), 1), (make_product(), 2)]
    made_up = {
        "customer_name": "Helgi Möller",
        "currency": settings.CURRENCY,
        "total": sum(Decimal(product.price) * quantity for product, quantity in lines),
    }
    order = Order.objects.create(**made_up | fields)
    if created_at:
        Order.objects.filter(pk=order.pk).update(created_at=created_at)
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            product=product,
            sku=product.sku,
            name=product.name,
            price=product.price,
            quantity=quantity,
        )
        for position, (product, quantity) in enumerate(lines, start=1)
    )
    due_at = timezone.now() + settings.STEP_GRACE
    names = settings.ENABLED_STEPS if steps is None else steps
    Step.objects.bulk_create(Step(order=order, name=name, due_at=due_at) for name in names)
    return Order.objects.prefetch_related("lines__product").get(pk=order.pk)
