"""Places an order: saves it with its lines and one step per destination, once for each idempotency key."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction

from orders import telling
from orders.catalogue import on_sale
from orders.database.clock import from_now
from orders.database.vendor import on_postgresql
from orders.errors import KeyReused, StillRunning, UnknownProducts
from orders.models import Order, OrderLine, Step
from orders.placing_sql import LONGEST_LOCK, insert_order

LONGEST_WAIT = 1000  # milliseconds for another request with the same key
LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def place_order(
    *,
    customer_name: str,
    quantities: Mapping[int, int],
    note: str = "",
    idempotency_key: str | None = None,
    fingerprint: str = "",
) -> Order:
    """Saves an order of `quantities` (pieces by product id), its lines in that sequence, one step per
    destination, and the first event.

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
    due_at = from_now(settings.STEP_GRACE)
    steps = [Step(order=order, name=name, due_at=due_at) for name in settings.ENABLED_STEPS]
    insert_order(order, lines, steps, telling.first(order))
    return order


def place_once(key: str, body: str, **wanted: Any) -> tuple[Order, bool]:
    """Places the order unless this key did so before; True with it if it did. `body` is a hash of what was asked for.

    Raises KeyReused, StillRunning, and what `place_order` raises.
    """
    if earlier := earlier_order(key, body):
        return earlier, True
    try:
        with transaction.atomic():
            _wait_for_others(key)
            return place_order(**wanted, idempotency_key=key, fingerprint=body), False
    except IntegrityError:
        # Another request with this key committed meanwhile: the unique index let only one of us through.
        if earlier := earlier_order(key, body):
            return earlier, True
        raise


def earlier_order(key: str, body: str) -> Order | None:
    """The order that was placed with this key. Raises KeyReused if it was placed with another body."""
    order = Order.objects.filter(idempotency_key=key).first()
    if order and order.fingerprint != body:
        raise KeyReused
    return order


def _wait_for_others(key: str) -> None:
    """Waits until no other request with this key is running. Raises StillRunning if that takes too long.

    A lock of its own tells it from all else that an insert may wait for: a table that is locked is no other request.
    (SQLite has one writer at a time anyway.)
    """
    if not on_postgresql():
        return
    lock = int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), signed=True)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SET LOCAL lock_timeout = {LONGEST_WAIT}; SELECT pg_advisory_xact_lock(%s);"
                f" SET LOCAL lock_timeout = {LONGEST_LOCK}",
                [lock],
            )
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise StillRunning from error
        raise
