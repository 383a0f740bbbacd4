"""Puts messages on the broker: confirmed, persistent, mandatory, and never waiting longer than a few seconds.

Messages are hints. Whatever fails here, the rows stay, and the sweeper publishes them again.
"""

from collections.abc import Iterable
from typing import Any

from celery import chord, current_app, group, signature
from celery.canvas import Signature
from django.conf import settings

# Seconds: a blocked broker (memory or disk alarm) confirms nothing and would hang the publisher for ever.
# https://www.rabbitmq.com/docs/alarms
PUBLISH: dict[str, Any] = {"mandatory": True, "timeout": 5, "confirm_timeout": 5, "retry": False}
SETTLE = "orders.tasks.settle_order"


def settle_signature(order_id: int) -> Signature:
    """The chord's body: settles the order if all its steps are done."""
    return signature(SETTLE, args=(order_id,), app=current_app, immutable=True)


def step_signature(order_id: int, name: str) -> Signature:
    """The message of one step, routed to the queue of that name."""
    return signature(settings.STEP_TASKS[name], args=(order_id,), app=current_app, immutable=True)


def publish_order(order_id: int, names: Iterable[str], **options: Any) -> None:
    """Publishes the order's chord: a message per step, and `settle_order` when the last one is done."""
    header = group((step_signature(order_id, name) for name in names), app=current_app)
    chord(header, settle_signature(order_id), app=current_app).apply_async(**PUBLISH, **options)


def publish_step(order_id: int, name: str, **options: Any) -> None:
    """Publishes a single step again; it settles the order as one of the chord would."""
    step_signature(order_id, name).apply_async(chord=settle_signature(order_id), **PUBLISH, **options)


def publish_settle(order_id: int, **options: Any) -> None:
    settle_signature(order_id).apply_async(**PUBLISH, **options)
