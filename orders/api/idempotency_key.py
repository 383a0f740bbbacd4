"""Idempotency-Key: a client that got no answer sends the same request again, and gets the first answer.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import hashlib
import json
import re
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction

from orders.api.problems import BadKey, KeyReused, StillRunning
from orders.models import Order
from orders.placing import place_order

_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")
LONGEST_WAIT = 2000  # milliseconds for another request with the same key
LOCK_NOT_AVAILABLE = "55P03"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def read_key(header: str) -> str:
    """The key as it is stored, hashed: clients may put anything into it. Raises BadKey."""
    if not _VISIBLE.fullmatch(header):
        raise BadKey
    return hashlib.sha256(header.encode()).hexdigest()


def fingerprint(body: Any) -> str:
    """The same for bodies that are the same JSON, whatever their spaces and the sequence of their fields."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def earlier_order(key: str, body: str) -> Order | None:
    """The order that was placed with this key. Raises KeyReused if it was placed with another body."""
    order = Order.objects.filter(idempotency_key=key).first()
    if order and order.fingerprint != body:
        raise KeyReused
    return order


def place_once(key: str, body: str, **wanted: Any) -> tuple[Order, bool]:
    """Places the order unless this key did so before; True with it if it did.

    Raises KeyReused, StillRunning, and what `place_order` raises.
    """
    if earlier := earlier_order(key, body):
        return earlier, True
    try:
        with transaction.atomic():
            _bound_wait()
            return place_order(**wanted, idempotency_key=key, fingerprint=body), False
    except IntegrityError:
        # Another request with this key committed meanwhile: the unique index let only one of us through.
        if earlier := earlier_order(key, body):
            return earlier, True
        raise
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise StillRunning from error
        raise


def _bound_wait() -> None:
    """On PostgreSQL our insert waits for another one's of the same key. (SQLite has one writer at a time anyway.)"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {LONGEST_WAIT}")
