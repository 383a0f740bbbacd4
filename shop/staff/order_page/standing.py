"""How an order stands, in a sentence that anybody understands: what it waits for, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import localize

from orders import pick_lists
from orders.database import clock
from orders.models import Deed, Order, Step
from orders.step_names import destination_of
from orders.steps.backlog import age
from printing import STEP
from printing.models import PrintJob
from shop.staff.held import why_step
from shop.staff.order_page.slips import asked_about

State, Status = Step.State, Order.Status
MARKS = (Deed.What.PACKED, Deed.What.SHIPPED, Deed.What.CANCELLED)


@dataclass(frozen=True)
class Standing:
    """`sentence` first; `causes`, one a step, say what is in its way. `tone`: is-good, is-warn, is-bad, is-quiet."""

    tone: str
    sentence: str
    causes: list[str]


def marks(order: Order) -> list[Deed]:
    """Who packed, shipped or cancelled it; the latest first."""
    return list(order.deeds.filter(what__in=MARKS, model="order").order_by("-pk")[:9])


def standing(order: Order, marks: list[Deed]) -> Standing:
    """Of an order whose steps are loaded by `destinations.with_hold`. `marks`: see there."""
    now = clock.now()
    steps = [step for step in order.steps.all() if step.state not in (State.DONE, State.CANCELLED)]
    asked = asked_about(order)
    causes = [*(wanted(job) for job in asked), *(cause(step, now) for step in first_the_slip(steps, asked))]
    return Standing(tone(order, steps, bool(asked)), sentence(order, steps, marks), causes)


def first_the_slip(steps: Iterable[Step], asked: list[PrintJob]) -> list[Step]:
    """The slip's before the others: the parcel waits for it alone. A question about the slip says it all."""
    return sorted((step for step in steps if not (asked and step.name == STEP)), key=lambda step: step.name != STEP)


def tone(order: Order, steps: list[Step], asked: bool) -> str:
    if asked or any(step.state == State.PARKED for step in steps):
        return "is-bad"
    if any(why_step(step) or step.state == State.WAITING for step in steps):
        return "is-warn"
    return "is-quiet" if order.status == Status.CANCELLED else "is-good"


def sentence(order: Order, steps: list[Step], marks: list[Deed]) -> str:
    """What the order itself waits for: a slip, a person who packs, a person who ships, or nothing."""
    if order.status in (Status.CANCELLED, Status.SHIPPED, Status.PACKED):
        return after(order, marks)
    if any(step.name == STEP for step in steps):
        return "It waits for its slip."
    listed = pick_lists.of_order(order)
    return f"It waits to be packed, on pick list {listed}." if listed else "Its slip is out: it waits to be packed."


def after(order: Order, marks: list[Deed]) -> str:
    """ "Cancelled by sara at 2026-11-25 13:58: “Ordered twice”. This can't be taken back." """
    mark = next((mark for mark in marks if mark.what == order.status), None)
    at = {Status.CANCELLED: order.cancelled_at, Status.SHIPPED: order.shipped_at}.get(
        Status(order.status), order.packed_at
    )
    by = f" by {mark.by}" if mark else ""
    when = f" at {local(at)}" if at else ""
    because = f": “{mark.detail}”" if mark and mark.detail else ""
    told = f"{order.status.capitalize()}{by}{when}{because}."
    more = {Status.CANCELLED: " This can’t be taken back.", Status.PACKED: " It waits to be shipped."}
    return told + more.get(Status(order.status), "")


def wanted(job: PrintJob) -> str:
    return f"Nobody knows whether its slip was printed: look at {job.printer}, and answer with the buttons below."


def cause(step: Step, now: datetime) -> str:
    """Why a step is not done."""
    if held := why_step(step):
        return f"{step.name} is held: {held}." + (f" Before that: {step.reason}" if step.reason else "")
    if step.state == State.PARKED:
        return " ".join(filter(None, (f"{step.name} is parked: {step.reason}", step.next_action)))
    if step.state == State.WAITING:
        return f"{step.name} is tried again at {local(step.due_at)}: {step.reason}"
    if step.state == State.RUNNING:
        until = f" If its worker has died, it is taken up again at {local(step.due_at)}." if step.due_at else ""
        return f"{step.name} is being worked on, attempt {step.attempts}.{until}"
    return f"{step.name} waits for a worker, {age(step.order.created_at, now)} after the order came in."


def local(at: datetime) -> str:
    return str(localize(timezone.localtime(at)))


def troubled(order: Order) -> Iterator[str]:
    """The destinations that its open steps go to, and where something is wrong: each once."""
    stuck = (
        step
        for step in order.steps.all()
        if step.state in (State.PARKED, State.WAITING) or (step.state == State.QUEUED and why_step(step))
    )
    yield from dict.fromkeys(destination_of(step.name) for step in stuck)
