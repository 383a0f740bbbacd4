"""What became of the pick lists that printers have: asked in the workers' periodic look at the printers."""

from contextlib import suppress
from itertools import groupby
from operator import attrgetter

from orders.database import rows
from orders.database.clock import from_now
from orders.steps import StepError
from printing.choosing import is_silent
from printing.models import ListJob, Printer, PrintJob
from printing.polling import next_state
from printing.printers.backend import JobStatus
from printing.reach import reach

State = PrintJob.State
A_ROUND = 100  # lists


def find_out() -> None:
    """Asks each printer for its lists; one that does not answer is left alone until the next round."""
    at_printers = ListJob.objects.filter(state=State.ACCEPTED).select_related("printer", "pick_list")
    for printer, jobs in groupby(at_printers.order_by("printer", "pk")[:A_ROUND], attrgetter("printer")):
        if not is_silent(printer):
            with suppress(StepError):
                _ask(printer, list(jobs))


def _ask(printer: Printer, jobs: list[ListJob]) -> None:
    queue = reach(printer)
    fates = queue.jobs({job.name: job.job_id for job in jobs})
    for job in jobs:
        _record(job, fates.get(job.name, JobStatus()), lost_history=printer.check_paper)
    queue.forget([job.job_id for job in jobs if job.state != State.ACCEPTED])


def _record(job: ListJob, fate: JobStatus, *, lost_history: bool) -> None:
    state, reason = next_state(fate, lost_history=lost_history)
    if (state, reason) != (job.state, job.reason):
        ended = {} if state == State.ACCEPTED else {"finished_at": from_now()}
        rows.change(job, {"state": State.ACCEPTED}, {"state": state, "reason": reason[:500], **ended})
