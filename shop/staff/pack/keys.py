"""The station's keys: F2 missing, F4 reprint, Esc leave, Ctrl-Z takes back what was done last."""

from orders import taking_back
from orders.database.clock import from_now
from orders.errors import NotTakenBack
from orders.models import Deed, Order, PackScan
from printing import reprints
from printing.models import PrintJob
from shop.staff.pack import answers
from shop.staff.pack.answers import Answer
from shop.staff.pack.situation import IN, PACKING, Kind, Situation

UNDOABLE = (Kind.COUNTED, Kind.MISSING)


def missing(at: Situation) -> Answer:
    """What is left of a line is not where it should be: of the line that the page names, or of the one in hand."""
    if at.order is None or at.stage != PACKING:
        return _nothing(at)
    line = at.packing.line(at.scan.row or at.packing.here)
    if line is None or line.left == line.missing:
        return Answer(Kind.TOLD, "Of this line nothing is missing that was not said already.")
    answer = answers.missing(line)
    Deed.remember(Deed.What.MISSING, [at.order], by=at.scan.by, detail=answer.text.removeprefix("Missing: "))
    return answer


def reprint(at: Situation) -> Answer:
    if at.order is None or at.stage not in (PACKING, IN):
        return _nothing(at)
    if not at.scan.may_print:
        return Answer(Kind.TOLD, "Your account may not print slips again.")
    job = PrintJob.objects.filter(order=at.order).order_by("-revision", "-copy").first()
    if job is None:
        return Answer(Kind.TOLD, "It has no slip yet.")
    try:
        copy = reprints.reprint(job, requested_by=at.scan.by)
    except ValueError as error:
        return Answer(Kind.TOLD, str(error))
    return Answer(Kind.REPRINTED, f"A new slip, marked REPRINT, goes to {copy.printer}.")


def leave(at: Situation) -> Answer:
    """Esc: what was scanned stays, and whoever opens the order goes on with it."""
    if at.order is None or at.stage not in (PACKING, IN):
        return Answer(Kind.LEFT, "")
    rest = "all in, not marked as packed" if at.packing.all_in else f"{answers.pieces(at.packing.left)} not in"
    return Answer(Kind.LEFT, f"{at.order.number} was left: {rest}. Scan it again to go on.")


def undo(at: Situation) -> Answer:
    """What the page showed as the last thing: that the order was shipped, or packed, or else a scan."""
    order = at.order
    if order is None:
        return Answer(Kind.TOLD, "")
    if at.is_stale:
        return Answer(Kind.TOLD, f"Nothing was taken back: the order is {order.status} by now.")
    if at.stage in (Order.Status.PACKED, Order.Status.SHIPPED):
        return _take_back(at, order)
    return _undo_scan(at, order)


def _take_back(at: Situation, order: Order) -> Answer:
    was = order.status
    try:
        stays = taking_back.take_back(order.pk, was, by=at.scan.by, any_time=at.scan.any_time)
    except NotTakenBack as error:
        return Answer(Kind.TOLD, f"Nothing was taken back. {error}")
    if was == Order.Status.PACKED:
        last = PackScan.objects.filter(order=order, kind=Kind.PACKED, undone_at=None).order_by("-pk")[:1]
        PackScan.objects.filter(pk__in=last.values("pk")).update(undone_at=from_now())
    return Answer(Kind.UNDO, " ".join([f"{order.number} is not {was} any more.", *stays]), order_id=order.pk)


def _undo_scan(at: Situation, order: Order) -> Answer:
    last = last_of(at.rows, at.scan.by)
    if last is None or (at.scan.row and last.pk != at.scan.row):
        return Answer(Kind.TOLD, "Nothing was taken back: there is no scan of yours, or it was taken back already.")
    PackScan.objects.filter(pk=last.pk).update(undone_at=from_now())
    if last.kind == Kind.MISSING:
        Deed.remember(Deed.What.UNDONE, [order], by=at.scan.by, detail=last.answer)
    return Answer(Kind.UNDO, f"Taken back: {last.answer}", last.line_id)


def last_of(rows: list[PackScan], by: str) -> PackScan | None:
    """The last of this person's scans that can be taken back."""
    return next((row for row in reversed(rows) if row.by == by and row.kind in UNDOABLE and not row.undone_at), None)


def _nothing(at: Situation) -> Answer:
    if at.order and at.stage not in (PACKING, IN):
        return answers.meanwhile(at.order.status)
    return Answer(Kind.TOLD, "All pieces are in." if at.order else "")
