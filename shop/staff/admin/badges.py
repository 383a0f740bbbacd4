"""States in colour, with a sign for those who can't tell colours apart."""

from collections.abc import Iterable
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from orders.models import Order, Step
from shop.staff.held import why_step

HELD = "held"
SIGNS: dict[str, str] = {
    HELD: "‖",
    Step.State.QUEUED: "…",
    Step.State.RUNNING: "▸",
    Step.State.WAITING: "↻",
    Step.State.DONE: "✓",
    Step.State.PARKED: "!",
    Step.State.CANCELLED: "×",
    Order.Status.RECEIVED: "…",
    Order.Status.PROCESSED: "✓",
    Order.Status.PACKED: "✓",
    Order.Status.SHIPPED: "✓",
}


@lru_cache(maxsize=2048)  # A page of fifty orders has some two hundred, most of them alike.
def badge(state: str, label: str = "", title: str = "") -> SafeString:
    """A coloured word: the state itself, or `label` in the state's colour."""
    return format_html(
        '<span class="desk-badge desk-{}" title="{}"><i>{}</i> {}</span>',
        state,
        title or state,
        SIGNS.get(state, ""),
        label or state,
    )


def step_badge(step: Step, label: str = "") -> SafeString:
    """A step's state, or "held"; why shows when the mouse rests on it."""
    if why_step(step):
        return badge(HELD, label or HELD, in_words(step))
    return badge(step.state, label or step.state, in_words(step))


def step_badges(steps: Iterable[Step]) -> SafeString:
    """One for each step; what is wrong shows when the mouse rests on it."""
    return format_html_join(" ", "{}", ((step_badge(step, step.name),) for step in steps))


def known(step: Step) -> str:
    """What staff should know about it: why it is not done, what went wrong with it, or the remote's number."""
    if held := why_step(step):
        return f"{held}." + (f" Before that: {step.reason}" if step.reason else "")
    return " ".join(filter(None, [step.reason, step.warning])) or step.reference or "-"


def next_try(step: Step) -> str:
    """When a waiting step is tried again, in the shop's time zone. One that is held has its cause beside it."""
    if why_step(step):
        return "when it goes on"
    return localize(timezone.localtime(step.due_at)) if step.state == Step.State.WAITING else "-"


def in_words(step: Step) -> str:
    """ "sap is waiting: SAP is down for maintenance." """
    state, detail = HELD if why_step(step) else step.state, known(step)
    return f"{step.name} is {state}" + (f": {detail}" if detail != "-" else "")
