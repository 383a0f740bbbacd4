"""Everything that happened to an order, and who did it, the newest first: one line after the other.

A statement for each kind of row, whatever their number: a page has so many lines, and the way to older ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from heapq import nlargest
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from orders.models import Attempt, Deed, Event, Order
from printing.models import PrintJob
from shop.staff.order_page.slips import slips

A_PAGE = 50  # lines
OLDEST = 5000  # lines; further back nobody pages
LONGEST = 400  # characters of a destination's answer
Outcome, State = Attempt.Outcome, PrintJob.State


@dataclass(frozen=True)
class Line:
    """`who` did `what`; `tone` is is-good, is-warn, is-bad or is-quiet; `took` e.g. "0.31 s"."""

    at: datetime
    who: str
    what: str
    detail: str = ""
    tone: str = "is-quiet"
    took: str = ""
    rank: int = 0  # of what came at the same moment: the higher, the later

    @property
    def day(self) -> date:
        return timezone.localtime(self.at).date()

    @property
    def sign(self) -> str:
        return {"is-good": "✓", "is-warn": "↻", "is-bad": "!"}.get(self.tone, "·")

    @property
    def key(self) -> tuple[datetime, int]:
        return self.at, self.rank


@dataclass(frozen=True)
class TimeLine:
    """A page of it: lines from number `start` on; `older` and `newer` are where the next pages start, if any."""

    lines: list[Line]
    start: int
    older: int | None

    @property
    def newer(self) -> int | None:
        return max(0, self.start - A_PAGE) if self.start else None


def time_line(request: HttpRequest, order: Order, marks: list[Deed]) -> TimeLine:
    """The page that was asked for (`?from=50`), as far as this user may see it. `marks`: see `standing.marks`."""
    asked = request.GET.get("from", "")
    start = min(int(asked), OLDEST) if asked.isdecimal() and asked.isascii() and len(asked) < 9 else 0
    most = start + A_PAGE + 1
    newest = nlargest(most, lines(request.user, order, marks, most), key=lambda line: line.key)
    more = len(newest) == most and start < OLDEST
    return TimeLine(newest[start : start + A_PAGE], start, start + A_PAGE if more else None)


def lines(user: Any, order: Order, marks: list[Deed], most: int) -> Iterator[Line]:
    """The newest of each kind that the user may see, `most` at most of each."""
    sources: list[tuple[str, Callable[[Order, int], Iterator[Line]]]] = [
        ("orders.view_order", events),
        ("orders.view_attempt", attempts),
        ("orders.view_deed", deeds),
        ("printing.view_printjob", prints),
    ]
    yield from milestones(order, {mark.what for mark in marks})
    for permission, source in sources:
        if user.has_perm(permission):
            yield from source(order, most)


def milestones(order: Order, remembered: set[str]) -> Iterator[Line]:
    """What stands on the order itself. What a person did is told by the history, if it is that old."""
    yield Line(order.created_at, order.client or "a guest", "placed the order", rank=-1)
    if order.settled_at:
        yield Line(order.settled_at, "", "all its steps are done", tone="is-good", rank=9)
    for at, what in ((order.packed_at, "packed"), (order.shipped_at, "shipped"), (order.cancelled_at, "cancelled")):
        if at and what not in remembered:
            yield Line(at, "", what, tone="is-quiet" if what == "cancelled" else "is-good")


def took(attempt: Attempt) -> str:
    """ "0.31 s"; "" of an attempt whose end nobody saw."""
    return f"{attempt.duration.total_seconds():.2f} s" if attempt.duration is not None else ""


def attempts(order: Order, most: int) -> Iterator[Line]:
    tones = {Outcome.DONE: "is-good", Outcome.TEMPORARY: "is-warn"}
    rows = Attempt.objects.filter(step__order=order).select_related("step").order_by("-started_at", "-pk")
    for row in rows[:most]:
        answer = " ".join(filter(None, (row.code, row.answer)))
        yield Line(
            at=row.started_at,
            who="worker",
            what=f"{row.step.name}, attempt {row.number}: {row.get_outcome_display()}",
            detail=answer if len(answer) <= LONGEST else f"{answer[:LONGEST]}…",
            tone=tones.get(Outcome(row.outcome), "is-bad"),
            took=took(row),
            rank=2,
        )


def deeds(order: Order, most: int) -> Iterator[Line]:
    """What people, clients and commands did to it, its steps and its slips."""
    tones = {Deed.What.PACKED: "is-good", Deed.What.SHIPPED: "is-good", Deed.What.MISSING: "is-warn"}
    for row in Deed.objects.filter(order=order).order_by("-at", "-pk")[:most]:
        to = "" if row.model == "order" else f": {row.name.removesuffix(f' of {order.number}')}"
        tone = tones.get(Deed.What(row.what), "is-quiet") if row.what in Deed.What else "is-quiet"
        yield Line(row.at, row.by, f"{row.get_what_display()}{to}", row.detail, tone, rank=4)


def prints(order: Order, most: int) -> Iterator[Line]:
    """Each slip twice: when it was asked for, and what became of it at the printer."""
    for job in nlargest(most, slips(order), key=lambda job: (job.created_at, job.pk)):
        copy = f"slip (copy {job.copy})" if job.copy > 1 else "slip"
        yield Line(job.created_at, job.requested_by, f"{copy} for {job.printer}", rank=1)
        if at := job.finished_at or job.accepted_at or job.sent_at:
            tone = {State.DONE: "is-good", State.ACCEPTED: "is-quiet", State.CLAIMED: "is-warn"}
            what = f"{copy} at {job.printer}: {job.get_state_display()}"
            detail = " ".join(filter(None, (job.reason, job.job_id)))
            yield Line(at, job.answered_by, what, detail, tone.get(State(job.state), "is-bad"), rank=3)


def events(order: Order, most: int) -> Iterator[Line]:
    """What other programs are told."""
    said = {Event.State.OPEN: "other programs will be told", Event.State.REFUSED: "other programs could not be told"}
    for row in Event.objects.filter(order=order).order_by("-at", "-pk")[:most]:
        words = said.get(Event.State(row.state), "other programs were told")
        tone = "is-warn" if row.state == Event.State.REFUSED else "is-quiet"
        yield Line(row.at, "", f"{words}: {row.type}{row.step and f' ({row.step})'}", tone=tone, rank=5)
