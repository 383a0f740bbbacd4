"""Places an order: saves it with its lines and one step per destination, once for each idempotency key."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError

from orders import telling
from orders.catalogue import on_sale
from orders.database.clock import from_now
from orders.errors import KeyReused, KeyTaken, OrderError, StillRunning, UnknownProducts
from orders.models import Order, OrderLine, Step
from orders.placing_sql import insert_order

LONGEST_WAIT = 500  # milliseconds for another request with the same key
LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def place_order(
    *,
    customer_name: str,
    quantities: Mapping[int, int],
    note: str = "",
    client: str = "",
    idempotency_key: str | None = None,
    fingerprint: str = "",
) -> Order:
    """Saves an order of `quantities` (pieces by product id), its lines in that sequence, one step per
    destination, and the first event. `client` is who places it: "" for a guest.

    Raises UnknownProducts for ids that do not exist or are inactive, KeyTaken if an order has this idempotency key, and
    StillRunning if one is just being placed with it. The steps are the outbox: once this returns, everything will
    happen, whatever becomes of the messages.
    """
    products = on_sale(quantities)
    if missing := quantities.keys() - products.keys():
        raise UnknownProducts(missing)
    order = Order(
        customer_name=customer_name,
        note=note,
        client=client,
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
    due_at = from_now(settings.STEP_GRACE)
    steps = [Step(order=order, name=name, due_at=due_at) for name in settings.ENABLED_STEPS]
    insert = insert_order if idempotency_key is None else _insert_once
    if not insert(order, lines, steps, telling.first(order)):
        raise KeyTaken
    return order


def place_once(key: str, body: str, **wanted: Any) -> tuple[Order, bool]:
    """Places the order unless this key did so before; True with it if it did. `body` is a hash of what was asked for.

    Raises KeyReused, StillRunning, and what `place_order` raises.
    """
    try:
        return place_order(**wanted, idempotency_key=key, fingerprint=body), False
    except (OrderError, IntegrityError) as error:  # The first answer stays, whatever became of products and prices.
        if earlier := earlier_order(key, body):
            return earlier, True
        if isinstance(error, KeyTaken):
            raise StillRunning from error  # That order was deleted meanwhile, or its insert was undone.
        raise


def earlier_order(key: str, body: str) -> Order | None:
    """The order that was placed with this key. Raises KeyReused if it was placed with another body."""
    order = Order.objects.filter(idempotency_key=key).first()
    if order and order.fingerprint != body:
        raise KeyReused
    return order


def _insert_once(order: Order, *others: Any) -> bool:
    """As `insert_order`, for an order with an idempotency key. Raises StillRunning if another request with it runs.

    It waits not so long for that one as for all else that an insert may wait for, a table that is locked: for that the
    insert is tried once more.
    """
    try:
        return insert_order(order, *others, longest_lock=LONGEST_WAIT)
    except OperationalError as error:
        cause: Any = error.__cause__
        if getattr(cause, "pgcode", None) != LOCK_NOT_AVAILABLE:
            raise
        # PostgreSQL's context, in whatever language: "while inserting index tuple (0,3) in relation "orders_order"".
        if re.search(rf"\b{Order._meta.db_table}\b", cause.diag.context or ""):
            raise StillRunning from error
    return insert_order(order, *others)
