"""What a printer must be able to do, whichever way it is reached."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from orders.steps import NotYet


class Busy(NotYet):
    """The printer takes one job at a time and is printing. Nothing was printed of this one."""


@dataclass(frozen=True)
class Status:
    """How a printer is. `reasons` are sentences for staff; `blocked`: what it takes now comes out late or not at all.

    `lost_history`: jobs that it reports as completed may not be printed.
    """

    state: str
    reasons: list[str] = field(default_factory=list)
    blocked: bool = False
    lost_history: bool = False


@dataclass(frozen=True)
class JobStatus:
    """What became of a job: exactly one of `done`, `failed`, or neither (it is still to come). `reason` for staff."""

    done: bool = False
    failed: bool = False
    forgotten: bool = False
    reason: str = ""


class Withdrawal(StrEnum):
    """What is known of a job after it was asked back from the printer."""

    NOT_PRINTED = "not printed"  # certainly
    PERHAPS = "perhaps in part"  # It had begun: a sheet of it may lie there. No more of it comes.
    TOO_LATE = "too late"  # It is printed, or the printer does not know it any more: polling finds out.


class Backend(Protocol):
    """One printer. `name` is a job's own, e.g. "7K3M-Q9TX-2BDF/r1/c1"."""

    def send(self, name: str, document: bytes, assure: Callable[[], None], media: str = "") -> str:
        """Hands a PDF over; returns the printer's own id for the job. `media`: the paper's name (PWG 5101.1), "" for
        whatever the printer has.

        Calls `assure` right before the first byte, where a second hand-over would print a second sheet; what it raises
        gets through, and nothing is printed then.

        Raises NotYet (certainly not printed), UnknownOutcome (may be printed), Permanent (can't be printed).
        """

    def find(self, name: str) -> str | None:
        """The id of the job of that name among all the printer remembers, finished ones too. Raises as `send`."""

    def status(self) -> Status:
        """Raises NotYet or UnknownOutcome if it can't be asked."""

    def jobs(self, ids: Mapping[str, str]) -> dict[str, JobStatus]:
        """How far these jobs are, by name. `ids`: what the printer calls each; of two it may be the same, since a
        printer that forgets its jobs counts from 1 again. Those it has no time for are left out. Raises as `status`.
        """

    def withdraw(self, job_id: str, name: str) -> Withdrawal:
        """Takes a job back that is not printed yet. Raises NotYet where that is not possible: it stays as it was, or,
        after UnknownOutcome, nobody knows.
        """

    def forget(self, ids: Iterable[str]) -> None:
        """What became of these jobs is recorded: nobody will ask for them again. Raises as `status`."""
