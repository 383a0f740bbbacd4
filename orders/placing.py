"""Places orders."""

from collections.abc import Mapping

from django.conf import settings
from django.utils import timezone

from orders.catalogue import on_sale
from orders.errors import UnknownProducts
from orders.models import Order, OrderLine, Step
from orders.placing_sql import insert_order


def place_order(
    *,
    customer_name: str,
    quantities: Mapping[int, int],
    note: str = "",
    idempotency_key: str | None = None,
    fingerprint: str = "",
) -> Order:
    """Saves an order of `quantities` (pieces by product id), its lines in that sequence, and one step per destination.

    Raises UnknownProducts for ids that do not exist or are inactive. The steps are the outbox: once this returns,
    everything will happen, whatever becomes of the messages.
    """
    products = on_sale(quantities)
    if missing := quantities.keys() - products.keys():
        raise UnknownProducts(missing)
    order = Order(
        customer_name=customer_name,
        note=note,
        currency=settings.CURRENCY,
        total=sum(products[product].price * quantity for product, quantity in quantities.items()),
        idempotency_key=idempotency_key,
        fingerprint=fingerprint,
    )
    lines = [
        OrderLine(
            order=order,
            position=position,
            product=products[product],
            sku=products[product].sku,
            name=products[product].name,
            price=products[product].price,
            quantity=quantity,
        )
        for position, (product, quantity) in enumerate(quantities.items(), start=1)
    ]
    due_at = timezone.now() + settings.STEP_GRACE
    insert_order(order, lines, [Step(order=order, name=name, due_at=due_at) for name in settings.ENABLED_STEPS])
    return order
