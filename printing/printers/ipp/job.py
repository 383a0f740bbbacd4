"""A job, as a printer or queue tells of it over IPP; and how it is asked back."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from orders.steps import NotYet, StepError
from printing.printers.backend import JobStatus, Withdrawal
from printing.printers.ipp.message import JOB_GROUP, Attribute, Operation, Reply, Tag

CANCELED, ABORTED, COMPLETED, STOPPED, HELD = 7, 8, 9, 6, 4  # job-state, RFC 8011 section 5.3.7
NOT_ALLOWED = (0x0401, 0x0402, 0x0403)  # forbidden, not authenticated, not authorized
NOT_SUPPORTED = 0x0501
BEGUN = "time-at-processing"  # RFC 8011, 5.3.14.2: no-value until the printer has begun to work on it
# How the desk calls its jobs: an order's slip, a pick list.
OUR_KIND = re.compile(r"(?:[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|PICK-[0-9A-Z-]+)/r\d+/c\d+")
FORGOTTEN = JobStatus(forgotten=True, reason="The printer does not remember the job.")
ANOTHERS = JobStatus(
    forgotten=True, reason="The printer has lost its history: another job has the slip's number now. Check the paper."
)

UNTOLD = "untold"  # stands for a job that the printer does not tell of: with which error
STILL_THERE = {STOPPED: "The queue has stopped it.", HELD: "The queue holds it back: somebody has to release it there."}

Job = dict[str, list[Any]]


def is_anothers(job: Job, name: str, user: str) -> bool:
    """Whether the job of that number is not the one of that name: a printer without a memory counts from 1 again.

    Some printers tell no name, and some write it in their own way: only what certainly is another's counts.
    """
    told = names(job)
    if any(names_it(each, name) for each in told):
        return False
    users = [str(each) for each in job.get("job-originating-user-name", []) if each]
    return any(map(OUR_KIND.fullmatch, told)) or bool(told and users and user not in users)


def names(job: Job) -> list[str]:
    """What it is called: of a finished job CUPS tells the document's name alone."""
    return [str(each) for key in ("job-name", "document-name-supplied") for each in job.get(key, []) if each]


def names_it(told: str, name: str) -> bool:
    """Whether a job that is called so is the one of that name, in whatever way the printer writes it.

    Some put `_` for `/`, small letters, or more before and behind it; c10 is another copy than c1.
    """
    written = "[^0-9A-Z]*".join(re.findall("[0-9A-Z]+", name.upper()))
    return re.search(f"(?<![0-9A-Z]){written}(?![0-9A-Z])", told.upper()) is not None


def read_job(job: Job, name: str, user: str) -> JobStatus:
    """What became of the job of that name; `job` is what is told of the one that has its number, {} for none."""
    if not job:
        return FORGOTTEN
    if is_anothers(job, name, user):
        return ANOTHERS
    [state, *_] = [*job.get("job-state", []), 0]
    if state == COMPLETED:
        return JobStatus(done=True)
    if state in (CANCELED, ABORTED):
        # CUPS also tells of a job as cancelled that the printer behind it aborted.
        who = "it was cancelled, at its queue or by the printer" if state == CANCELED else "the printer gave up on it"
        return JobStatus(failed=True, reason=f"It was not printed to the end: {who}.")
    if UNTOLD in job:
        return JobStatus(reason=f"The printer does not tell what became of it ({job[UNTOLD][0]}).")
    return JobStatus(reason=STILL_THERE.get(state, ""))


def withdraw(ask: Callable[..., Reply], target: list[Attribute], job_id: int) -> Withdrawal:
    """Cancels it, and looks afterwards whether the printer had begun: before, it could begin between the two.

    Raises NotYet where the printer does not let the desk cancel, and as asking raises.
    """
    job: list[Attribute] = [target[0], (Tag.INTEGER, "job-id", job_id), target[1]]
    answer = ask(Operation.CANCEL_JOB, job)
    if answer.status in NOT_ALLOWED:
        raise NotYet("It does not let the order desk take jobs back.", code=f"0x{answer.status:04x}")
    if answer.status == NOT_SUPPORTED:
        raise NotYet("It can't give jobs back.", code=f"0x{answer.status:04x}")
    asked = [*job, (Tag.KEYWORD, "requested-attributes", ["job-state", BEGUN])]
    with suppress(StepError):  # Who can't tell any more may have begun.
        return judged(ask(Operation.GET_JOB_ATTRIBUTES, asked), cancelled=answer.ok)
    return Withdrawal.PERHAPS if answer.ok else Withdrawal.TOO_LATE


def judged(reply: Reply, *, cancelled: bool) -> Withdrawal:
    """Certainly not printed is what is cancelled and was never begun, in the printer's own words.

    `cancelled`: it said that it would. It may be about to.
    """
    told = reply.first(JOB_GROUP) if reply.ok else {}
    state = told.get("job-state", [0])[0]
    if state == CANCELED and BEGUN in told and not isinstance(told[BEGUN][0], int):
        return Withdrawal.NOT_PRINTED
    return Withdrawal.PERHAPS if state == CANCELED or (cancelled and state != COMPLETED) else Withdrawal.TOO_LATE
