"""A printer that does as it is told, and what tests do with it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from orders.models import Order, Step
from orders.steps import NotYet, UnknownOutcome
from printing.models import PrintJob
from printing.printers.backend import JobStatus, Status, Withdrawal
from printing.tasks import print_slip

Mood = tuple[bool, Exception | None]  # whether it prints, and what it raises then

NOT_PRINTED: Mood = (False, NotYet("gone"))
LOST_REPLY: Mood = (True, UnknownOutcome("no answer"))
LOST_REQUEST: Mood = (False, UnknownOutcome("no answer"))


@dataclass
class FakePrinter:
    """Prints into `sheets`. The next calls of `send` go as `moods` say, the next calls of `find` as `forgets` says."""

    sheets: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    moods: list[Mood] = field(default_factory=list)
    forgets: bool = False
    state: Status = field(default_factory=lambda: Status("ready"))
    fates: dict[str, JobStatus] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    withdrawals: list[Withdrawal | Exception] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)

    def send(self, name: str, document: bytes, assure: Callable[[], None], media: str = "") -> str:
        printed, error = self.moods.pop(0) if self.moods else (True, None)
        if printed:
            self.sheets.append(name)
            self.media.append(media)
        if error:
            raise error
        return str(len(self.sheets))

    def find(self, name: str) -> str | None:
        return None if self.forgets or name not in self.sheets else str(self.sheets.index(name) + 1)

    def status(self) -> Status:
        return self.state

    def jobs(self, ids: Mapping[str, str]) -> dict[str, JobStatus]:
        self.asked = list(ids.values())
        return {name: self.fates.get(job, JobStatus()) for name, job in ids.items()}

    def withdraw(self, job_id: str, name: str) -> Withdrawal:
        """As the next of `withdrawals` says; then what lies there comes back."""
        answer = self.withdrawals.pop(0) if self.withdrawals else Withdrawal.NOT_PRINTED
        if isinstance(answer, Exception):
            raise answer
        self.withdrawn.append(job_id)
        return answer

    def forget(self, ids: Iterable[str]) -> None:
        self.forgotten += ids


def deliver(order: Order) -> Step:
    """One delivery of the order's step, due or not."""
    Step.objects.filter(order=order, state="waiting").update(state="queued")
    print_slip(order.pk)
    return step_of(order)


def step_of(order: Order) -> Step:
    return Step.objects.get(order=order, name="printing")


def job_of(order: Order, copy: int = 1) -> PrintJob:
    return PrintJob.objects.get(order=order, copy=copy)
