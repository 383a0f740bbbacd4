"""Publishes orders and steps as messages. Messages are hints: the rows stay, and the sweeper publishes them again."""

import uuid
from collections.abc import Iterable
from functools import lru_cache

import kombu
from celery import current_app, group, signature
from celery.canvas import Signature
from django.conf import settings

from orders.messaging.admission import CHORD_BODY as SETTLE
from orders.messaging.connection import own_connection
from orders.messaging.message import SAMPLE_ID, Template


def publish_orders(order_ids: Iterable[int]) -> None:
    """Publishes the orders' chords: a message per step. Raises as `PublishingConnection.publish`."""
    _publish(order_template(tuple(settings.ENABLED_STEPS)), order_ids)


def publish_steps(name: str, order_ids: Iterable[int]) -> None:
    """Publishes single steps of one destination again; each settles its order as one of the chord would."""
    _publish(step_template(name), order_ids)


def _publish(template: Template, order_ids: Iterable[int]) -> None:
    messages = [message for order_id in order_ids for message in template.fill_in(order_id)]
    if messages:
        own_connection().publish(messages)


@lru_cache
def order_template(names: tuple[str, ...]) -> Template:
    """The order's chord: a message per step; its body, `settle_order`, is told in each of them."""
    return Template(lambda producer: _publish_chord([_step(name) for name in names], _settle(), producer))


@lru_cache
def step_template(name: str) -> Template:
    """A single step again; it settles the order as one of the chord would."""
    return Template(lambda producer: _step(name).apply_async(chord=_settle(), producer=producer))


def _publish_chord(steps: list[Signature], body: Signature, producer: kombu.Producer) -> None:
    """What `chord(steps, body).apply_async()` does. (Celery 5.7's own takes a producer and forgets it.)"""
    header, group_id = group(steps, app=current_app), str(uuid.uuid4())
    body.freeze(str(uuid.uuid4()), group_id=group_id)
    header.freeze(group_id, chord=body)
    header.apply_async(task_id=group_id, producer=producer)


def _step(name: str) -> Signature:
    return signature(settings.STEP_TASKS[name], args=(SAMPLE_ID,), app=current_app, immutable=True)


def _settle() -> Signature:
    return signature(SETTLE, args=(SAMPLE_ID,), app=current_app, immutable=True)
