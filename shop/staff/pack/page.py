"""What the station's page shows."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from orders import lifecycle, taking_back
from orders.database import clock
from orders.models import Deed, Order, PackScan
from shop.staff.pack.keys import last_of
from shop.staff.pack.packing import Line
from shop.staff.pack.situation import IN, NO_SLIP, OPEN, PACKING, Kind, Scan, Situation, rows_of

AT_WORK = timedelta(minutes=30)  # Whoever scanned something of an order so long ago, and did not leave it, packs it.
OLDEST = 12  # orders that the start page names
MOST_LEFT = 1000  # orders that are counted
SAP = "sap"
DONE = {"cancelled": Deed.What.CANCELLED, "packed": Deed.What.PACKED, "shipped": Deed.What.SHIPPED}
GOOD = {Kind.COUNTED, Kind.OPENED, Kind.TIMES, Kind.MISSING, Kind.PACKED, Kind.SHIPPED, Kind.REPRINTED, Kind.UNDO}
BAD = {Kind.WRONG, Kind.ASKED, Kind.CLOSED, Kind.TOLD}


def start_page(request: HttpRequest, said: PackScan | None) -> dict[str, Any]:
    by = request.user.get_username()
    shipped = said.order if said and said.order and said.kind == Kind.SHIPPED else None
    undo = shipped and not taking_back.why_not(shipped, "shipped", by=by, any_time=_any_time(request))
    waiting = lifecycle.to_pack(Order.objects.all()).order_by("pk").annotate(pieces=Sum("lines__quantity"))
    return _frame(request, said) | {
        "title": "Pack",
        "shipped": shipped if undo else None,
        "waiting": waiting[:OLDEST],
    }


def order_page(request: HttpRequest, order: Order, said: PackScan | None) -> dict[str, Any]:
    by = request.user.get_username()
    rows = rows_of(order)
    at = Situation(Scan(uuid.uuid4(), by), order, rows)
    answer = said if said and said.order_id == order.pk else None
    return _frame(request, answer) | {
        "title": f"Pack {order.number}",
        "order": order,
        "stage": at.stage,
        "open": at.stage in (PACKING, IN),
        "packing": at.packing,
        "lines": at.packing.lines,
        "alarms": [(row, "" if row.by == by else row.by) for row in at.alarms],
        "seen": ",".join(str(row.pk) for row in at.alarms),
        "times": answer.pieces if answer and answer.kind == Kind.TIMES else 0,
        "banner": banner(order, at),
        "put_back": [line for line in at.packing.lines if line.counted] if order.status == "cancelled" else [],
        "others": [] if order.status not in OPEN else others(rows, by),
        "not_in_sap": _not_in_sap(order) if at.stage in (PACKING, IN) else "",
        "last": last_of(rows, by),
        "may_undo": _may_undo(request, order),
        "shipments": order.known_shipments,
    }


def _frame(request: HttpRequest, said: PackScan | None) -> dict[str, Any]:
    """What stands on every page of the station."""
    by = request.user.get_username()
    left = lifecycle.to_pack(Order.objects.all())[:MOST_LEFT].count()
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    packed = PackScan.objects.filter(by=by, kind=Kind.PACKED, at__gte=midnight, undone_at=None).count()
    return {
        "said": said,
        "sound": sound(said),
        "undo_id": uuid.uuid4(),
        "is_bad": bool(said and said.kind in BAD),
        "packed_today": packed,
        "left": f"{MOST_LEFT - 1}+" if left == MOST_LEFT else left,
        "by": by,
    }


def sound(said: PackScan | None) -> str:
    """A low beep means: look. Enter that did nothing is silent: some scanners press it twice."""
    if said is None or (said.kind == Kind.TOLD and not said.code):
        return ""
    if said.kind == Kind.OPENED and said.order and said.order.status in (Order.Status.CANCELLED, Order.Status.SHIPPED):
        return "bad"
    return "good" if said.kind in GOOD else "bad" if said.kind in BAD else ""


def banner(order: Order, at: Situation) -> str:
    """Why nothing is counted: "CANCELLED 13:58 by sara. DO NOT SEND." """
    if at.stage == NO_SLIP:
        return "Its slip is not out yet: nothing is counted."
    what = {"cancelled": Deed.What.CANCELLED, "packed": Deed.What.PACKED, "shipped": Deed.What.SHIPPED}.get(
        order.status
    )
    if what is None:
        return ""
    deed = Deed.objects.filter(order=order, model="order", what=what).order_by("-pk").first()
    at_time: datetime | None = getattr(order, f"{order.status}_at") or (deed.at if deed else None)
    said = " ".join(filter(None, [order.status.upper(), when(at_time), f"by {deed.by}" if deed else ""]))
    return f"{said}. DO NOT SEND." if order.status == "cancelled" else f"{said}."


def when(at: datetime | None) -> str:
    """The time of today, or day and time, in the shop's time zone."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    today = local.date() == timezone.localtime(clock.now()).date()
    return date_format(local, "H:i" if today else "j M Y H:i")


def others(rows: Iterable[PackScan], by: str) -> list[str]:
    """Who else has this order on the screen, as far as scans tell."""
    now = clock.now()
    last = {row.by: row for row in rows if row.by != by and abs(now - row.at) <= AT_WORK and row.kind != Kind.CLOSED}
    return sorted(name for name, row in last.items() if row.kind != Kind.LEFT)


def _not_in_sap(order: Order) -> str:
    """It may be packed all the same: the parcel does not wait."""
    step = order.steps.filter(name=SAP).exclude(state="done").first()
    return "SAP has not got this order yet. It may be packed." if step else ""


def _any_time(request: HttpRequest) -> bool:
    return request.user.has_perm("orders.undo_order")


def _may_undo(request: HttpRequest, order: Order) -> bool:
    """True if packed or shipped can be taken back by who looks."""
    return not taking_back.why_not(order, order.status, by=request.user.get_username(), any_time=_any_time(request))


def sign(line: Line, here: int | None) -> str:
    """What stands before a line."""
    if line.is_in:
        return "✓"
    if line.missing == line.left:
        return "?"
    return "▶" if line.article.line_id == here else ""
