"""Places an order: saves it with its lines and one step per destination, once for each idempotency key."""

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection

from orders import request_id, telling
from orders.catalogue import on_sale
from orders.database.clock import from_now
from orders.errors import KeyReused, KeyTaken, NotAccepted, OrderError, ReferenceUsed, StillRunning, UnknownProducts
from orders.models import Order, OrderLine, Product, Shipping, Step
from orders.naming import too_many_pieces
from orders.placing_sql import insert_order
from orders.pricing import check_price
from orders.request import MAX_QUANTITY

LONGEST_WAIT = 500  # milliseconds for another request with the same key
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
    was named by id and by SKU, PriceChanged, ReferenceUsed, KeyTaken if an order has this idempotency key, and
    StillRunning if one is just being placed with it. The steps are the outbox: once this returns, everything will
    happen, whatever becomes of the messages.
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
        request_id=request_id.current(),
        traceparent=request_id.trace(),
        **{f"shipping_{name}": text for name, text in vars(shipping or Shipping(name="")).items()},
    )
    for line in lines:
        line.order = order
    check_price(order, lines, total, currency)
    due_at = from_now(settings.STEP_GRACE)
    steps = [Step(order=order, name=name, due_at=due_at) for name in settings.ENABLED_STEPS]
    insert = insert_order if idempotency_key is None else _insert_once
    try:
        saved = insert(order, lines, steps, telling.first(order))
    except IntegrityError:
        if not connection.in_atomic_block:
            _refuse_used_reference(client, reference)
        raise
    if not saved:
        raise KeyTaken
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
    try:
        return place_order(**wanted, idempotency_key=key, fingerprint=body), False
    except (OrderError, IntegrityError) as error:  # The first answer stays, whatever became of products and prices.
        if earlier := earlier_order(key, body):
            return earlier, True
        if isinstance(error, KeyTaken):
            raise StillRunning from error  # That order was deleted meanwhile, or its insert was undone.
        if isinstance(error, IntegrityError):
            _refuse_used_reference(wanted.get("client", ""), wanted.get("reference", ""))
        raise


def placed_before(key: str, body: str) -> Order | None:
    """The order that this very request placed before; for a repeat that would not be accepted any more."""
    return Order.objects.filter(idempotency_key=key, fingerprint=body).first()


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
