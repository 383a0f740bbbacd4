"""Pick lists that were to be printed and did not come out, as far as the desk knows; and a person who has the paper."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from orders import pick_lists
from orders.database import rows
from orders.database.clock import from_now
from orders.models import Deed, PickList
from printing.models import ListJob, PrintJob

State = PrintJob.State
MISSING = (State.FAILED, State.UNKNOWN)


def missing() -> QuerySet[ListJob]:
    """The newest copies of open lists that failed, or of which nobody knows; the oldest first."""
    newer = ListJob.objects.filter(pick_list=OuterRef("pick_list"), copy__gt=OuterRef("copy"))
    is_open = pick_lists.are_open(PickList.objects.filter(pk=OuterRef("pick_list")))
    found = ListJob.objects.filter(~Exists(newer), Exists(is_open), state__in=MISSING)
    return found.select_related("pick_list", "printer").order_by("pk")


@transaction.atomic
def found(pick_list_id: int, *, by: str) -> ListJob:
    """Somebody has it on paper, from the printer or elsewhere. Raises ValueError if its last copy is not missed."""
    this = PickList.objects.select_for_update().get(pk=pick_list_id)
    job = ListJob.objects.filter(pick_list=this).order_by("-copy").first()
    if job is None or job.state not in MISSING:
        raise ValueError(f"{this}: nobody misses its paper.")
    rows.change(
        job, {"state": job.state}, {"state": State.DONE, "reason": "A person has it.", "finished_at": from_now()}
    )
    Deed.remember(Deed.What.FOUND, [this], by=by, detail=f"copy {job.copy}")
    return job
