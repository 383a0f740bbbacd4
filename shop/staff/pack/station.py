"""Takes a scan: one transaction with the order's row locked, one row. Two tablets on one order wait for each other."""

import uuid
from collections.abc import Callable

from django.db import IntegrityError, transaction

from orders import pick_lists
from orders.database.clock import from_now
from orders.models import Order, PackScan
from orders.models.pack_scan import LONGEST_ANSWER, LONGEST_CODE
from shop.staff.pack import answers, keys
from shop.staff.pack.answers import Answer
from shop.staff.pack.finishing import PACKED, enter, parcel
from shop.staff.pack.opening import UNFINISHED, open_order
from shop.staff.pack.situation import IN, PACKING, Kind, Scan, Situation, rows_of


class OtherScan(Exception):
    """The id of this scan belongs to another one: an old page sent it. It was not counted."""


def take(scan: Scan) -> PackScan:
    """Does what the scan means, once, however often it comes; returns its row. Raises OtherScan."""
    try:
        with transaction.atomic():
            return _taken(scan)
    except IntegrityError:  # The same scan came twice at the same moment, and no order's row was there to wait for.
        if former := _former(scan):
            return former
        raise


def _taken(scan: Scan) -> PackScan:
    order = Order.objects.select_for_update().filter(number=scan.number).first() if scan.number else None
    if former := _former(scan):
        return former
    at = Situation(scan, order, rows_of(order) if order else [])
    answer = ACTS.get(scan.act, on_scan)(at)
    _note_leaving(at, answer)
    return _row(scan, answer, answer.order_id or (order.pk if order else None))


def _former(scan: Scan) -> PackScan | None:
    former = PackScan.objects.filter(scan_id=scan.id).first()
    if former and (former.code, former.by) != (scan.code[:LONGEST_CODE], scan.by):
        raise OtherScan
    return former


def _row(scan: Scan, answer: Answer, order_id: int | None) -> PackScan:
    return PackScan.objects.create(
        scan_id=scan.id,
        order_id=order_id,
        line_id=answer.line_id,
        kind=answer.kind,
        code=scan.code[:LONGEST_CODE],
        pieces=answer.pieces,
        answer=answer.text[:LONGEST_ANSWER],
        by=scan.by[:150],
        table=scan.table[:20],
        at=from_now(),
    )


def _note_leaving(at: Situation, answer: Answer) -> None:
    """Others need not read any more that this person is packing the order."""
    moved = answer.order_id is not None and at.order and answer.order_id != at.order.pk
    if moved and at.stage in UNFINISHED and at.order:
        left = Scan(uuid.uuid4(), at.scan.by, table=at.scan.table)
        _row(left, Answer(Kind.LEFT, "Another slip was scanned."), at.order.pk)


def on_scan(at: Situation) -> Answer:
    """A scan, or a text and Enter; of an empty field Enter alone."""
    if not at.scan.scanned.text:
        return enter(at)
    if at.order is None:
        return _without_order(at)
    if at.is_stale or at.stage not in (PACKING, IN, PACKED):
        return open_order(at, at.meaning.order) if at.meaning.order else _not_counted(at, at.order)
    return parcel(at, at.order) if at.stage == PACKED else _article(at)


def _not_counted(at: Situation, order: Order) -> Answer:
    if at.scan.scanned.is_number and not at.meaning:
        return answers.no_such_order(at.scan.code)
    return answers.meanwhile(order.status)


def _without_order(at: Situation) -> Answer:
    found = at.meaning
    if found.order:
        return open_order(at, found.order)
    if found.product:
        return answers.a_slip_first(found.product.name)
    if walk := pick_lists.find(at.scan.code):
        return Answer(Kind.TOLD, f"This is the pick list {walk}. Scan the slip of one of its orders.")
    if at.scan.scanned.is_number:
        return answers.no_such_order(at.scan.code)
    return Answer(Kind.TOLD, f"Nobody knows this: {at.scan.code}. Scan a slip.")


def _article(at: Situation) -> Answer:
    found, scanned = at.meaning, at.scan.scanned
    if scanned.times and (scanned.is_surely_times or not found.lines):
        return answers.times(scanned.times)
    if len(found.lines) > 1:
        return answers.could_be_two(at.scan.code)
    if found.lines:
        ((line_id, pieces),) = found.lines
        return answers.count(at.packing.of(line_id), pieces * at.times)
    if found.order:
        return open_order(at, found.order)
    if found.product:
        return answers.not_in_this_order(found.product.name, found.product.bin_location)
    return answers.no_such_order(at.scan.code) if scanned.is_number else answers.nobody_knows(at.scan.code)


ACTS: dict[str, Callable[[Situation], Answer]] = {
    "scan": on_scan,
    "missing": keys.missing,
    "reprint": keys.reprint,
    "leave": keys.leave,
    "undo": keys.undo,
}
