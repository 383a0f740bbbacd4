"""Pick lists that somebody had printed, and that did not come out."""

from collections.abc import Iterator

from django.urls import reverse

from printing.models import ListJob, PrintJob
from shop.staff.needs.facts import Facts
from shop.staff.needs.need import Action, Need, Severity

LOOK, ACT = "orders.view_order", "orders.pack_order"


def needs(facts: Facts) -> Iterator[Need]:
    return (missed(facts, job) for job in facts.missing_lists)


def missed(facts: Facts, job: ListJob) -> Need:
    url = reverse("desk:picklist", args=[job.pick_list_id])
    back = (("back", reverse("admin:index")),)
    return Need(
        kind="pick list",
        subject=str(job.pick_list_id),
        sentence=told(job),
        count=1,
        oldest=facts.ago(job.created_at),
        severity=Severity.ACT,
        permission=ACT,
        look=LOOK,
        url=url,
        actions=(
            Action("See", url, permission=LOOK),
            Action("I have it", reverse("desk:picklist-found", args=[job.pick_list_id]), back),
        ),
    )


def told(job: ListJob) -> str:
    """What became of it, and what to do."""
    if job.state == PrintJob.State.UNKNOWN:
        return f"{job.pick_list}: nobody knows whether it was printed at {job.printer}. Look; if not, print it again."
    return f"{job.pick_list} was not printed at {job.printer}. {job.reason} Print it again, or open its PDF."
