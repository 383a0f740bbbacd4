"""Places an order: saves it with its lines and one step per destination, once for each idempotency key."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction

from orders import telling
from orders.catalogue import on_sale
from orders.database.clock import from_now
from orders.database.vendor import on_postgresql
from orders.errors import KeyReused, NotAccepted, ReferenceUsed, StillRunning, UnknownProducts
from orders.models import Order, OrderLine, Product, Shipping, Step
from orders.naming import too_many_pieces
from orders.placing_sql import LONGEST_LOCK, insert_order
from orders.pricing import check_price
from orders.request import MAX_QUANTITY

LONGEST_WAIT = 1000  # milliseconds for another request with the same key
LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def place_order(
    *,
    customer_name: str,
    quantities: Mapping[int, int] | Mapping[int | str, int],
    note: str = "",
    email: str = "",
    reference: str = "",
    shipping: Shipping | None = None,
    total: Decimal | None = None,
    currency: str = "",
    client: str = "",
    idempotency_key: str | None = None,
    fingerprint: str = "",
) -> Order:
    """Saves an order of `quantities` (pieces by product id or SKU), its lines in that sequence, one step per
    destination, and the first event.

    `total` and `currency` are what the customer was told, as far as that is known. `client` is who places it; "" is a
    guest, whose `reference` may be anybody's.

    Raises UnknownProducts for products that do not exist or are inactive, NotAccepted for too many pieces of one that
    was named by id and by SKU, PriceChanged, and ReferenceUsed. The steps are the outbox: once this returns,
    everything will happen, whatever becomes of the messages.
    """
    lines = _lines(_pieces(quantities))
    order = Order(
        customer_name=customer_name,
        note=note,
        email=email,
        client=client,
        reference=reference,
        currency=settings.CURRENCY,
        total=sum(line.price * line.quantity for line in lines),
        idempotency_key=idempotency_key,
        fingerprint=fingerprint,
        **{f"shipping_{name}": text for name, text in vars(shipping or Shipping(name="")).items()},
    )
    for line in lines:
        line.order = order
    check_price(order, lines, total, currency)
    due_at = from_now(settings.STEP_GRACE)
    steps = [Step(order=order, name=name, due_at=due_at) for name in settings.ENABLED_STEPS]
    try:
        insert_order(order, lines, steps, telling.first(order))
    except IntegrityError:
        if not connection.in_atomic_block:
            _refuse_used_reference(client, reference)
        raise
    return order


def _pieces(quantities: Mapping[Any, int]) -> dict[Product, int]:
    """Pieces by product: one that was named by its id and by its SKU is one product."""
    products = on_sale(quantities)
    if missing := quantities.keys() - products.keys():
        raise UnknownProducts(missing)
    found: Counter[Product] = Counter()
    for name, quantity in quantities.items():
        found[products[name]] += quantity
        if found[products[name]] > MAX_QUANTITY:
            raise NotAccepted({"lines": [too_many_pieces(name, found[products[name]])]})
    return found


def _lines(pieces: Mapping[Product, int]) -> list[OrderLine]:
    return [
        OrderLine(
            position=position,
            product=product,
            sku=product.sku,
            name=product.name,
            price=product.price,
            quantity=quantity,
        )
        for position, (product, quantity) in enumerate(pieces.items(), start=1)
    ]


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
        _refuse_used_reference(wanted.get("client", ""), wanted.get("reference", ""))
        raise


def earlier_order(key: str, body: str) -> Order | None:
    """The order that was placed with this key. Raises KeyReused if it was placed with another body."""
    order = Order.objects.filter(idempotency_key=key).first()
    if order and order.fingerprint != body:
        raise KeyReused
    return order


def _refuse_used_reference(client: str, reference: str) -> None:
    """Raises ReferenceUsed if this client has an order with this reference."""
    used = Order.objects.filter(client=client, reference=reference) if client and reference else Order.objects.none()
    if order := used.first():
        raise ReferenceUsed(order.number)


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
