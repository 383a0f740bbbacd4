"""Buttons on a row's page: each starts an action of a list, with one row selected."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse

from printing.models import PrintJob


@dataclass(frozen=True)
class Button:
    """`action` is one of the list that `row` is in; `at_once`: it asks nothing, since one row alone is meant.

    `look`: "lead" for what the row waits for, "danger" for what can't be taken back, else a quiet one.
    """

    action: str
    label: str
    row: Model
    at_once: bool = False
    look: str = ""

    @property
    def url(self) -> str:
        return reverse(f"admin:{self.row._meta.app_label}_{self.row._meta.model_name}_changelist")


@dataclass(frozen=True)
class Link:
    """Among the buttons: the way to a page that belongs to the row."""

    label: str
    url: str


def led(buttons: list[Button], leads: Iterable[str], links: Iterable[Link] = ()) -> list[Button | Link]:
    """The first button whose action is among `leads`, in their order, is what the row waits for: one leads, not two.

    It comes first; what can't be taken back comes last, away from what is pressed every day.
    """
    waited = (button for name in leads for button in buttons if button.action == name)
    lead = next(waited, None)
    first = [replace(lead, look="lead")] if lead else []
    others = [button for button in buttons if button is not lead]
    last = [button for button in others if button.look == "danger"]
    return [*first, *(button for button in others if button not in last), *links, *last]


def is_it_there(request: HttpRequest, order_id: int) -> list[Button]:
    """The answers for each slip of the order of which nobody knows whether it was printed, for who may give one."""
    unknown = PrintJob.objects.filter(order=order_id, state=PrintJob.State.UNKNOWN).select_related("order", "printer")
    return answers(request, unknown)


def answers(request: HttpRequest, unknown: Iterable[PrintJob]) -> list[Button]:
    """The same of slips that are read already; those are only looked at if the user may answer."""
    if not request.user.has_perm("printing.change_printjob"):
        return []
    return [button for job in unknown for button in _answers(job)]


def _answers(job: PrintJob) -> list[Button]:
    slip = f"the slip (copy {job.copy}) is" if job.copy > 1 else "the slip is"
    return [
        Button("it_is_there", f"Yes, {slip} at {job.printer}", job),
        Button("it_is_not_there", f"No, {slip} not at {job.printer}: print it again…", job),
    ]
