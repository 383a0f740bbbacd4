"""A slip is scanned: the order that comes on the screen, and what becomes of the one that was there."""

from orders.models import Order
from shop.staff.pack import answers
from shop.staff.pack.answers import Answer
from shop.staff.pack.meaning import meaning
from shop.staff.pack.packing import packing
from shop.staff.pack.situation import IN, NO_SLIP, PACKING, Kind, Situation, articles, rows_of, stage
from shop.staff.scanned import Scanned

UNFINISHED = (PACKING, IN)


def open_order(at: Situation, other: Order) -> Answer:
    """What was scanned of the former order stays in its rows, whichever way this goes."""
    if at.order and other.pk == at.order.pk:
        return Answer(Kind.OPENED, f"{other.number} is on the screen.", order_id=other.pk)
    next_stage = stage(other, packing(articles(other), rows_of(other)))
    if next_stage == NO_SLIP:
        return Answer(Kind.CLOSED, f"{other.number}: its slip is not out yet, so it can't be packed.")
    if at.order and next_stage in UNFINISHED and _must_ask(at, other):
        return answers.leave(at.order.number, at.packing)
    return Answer(Kind.OPENED, _greeting(other, next_stage), order_id=other.pk)


def _greeting(order: Order, next_stage: str) -> str:
    return f"{order.number} is open." if next_stage in UNFINISHED else f"{order.number} is {order.status}."


def _must_ask(at: Situation, other: Order) -> bool:
    """Once: whoever scans the same order again means it."""
    if at.stage not in UNFINISHED or at.packing.is_told:
        return False
    before = at.answered
    asked_for = meaning(Scanned.read(before.code), at.order).order if before and before.kind == Kind.ASKED else None
    return asked_for != other
