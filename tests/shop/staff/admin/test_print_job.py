"""Print jobs: is it there? And reprints, after a question."""

from django.test import Client

from orders.models import Step
from printing.models import PrintJob
from tests.shop.staff.conftest import act, staff


def test_an_unknown_job_asks_and_takes_yes(picker: Client, job: PrintJob) -> None:
    assert "Yes, it is there" in picker.get(f"/admin/printing/printjob/{job.pk}/change/").text
    act(picker, "printing/printjob", "it_is_there", job)
    job.refresh_from_db()
    assert (job.state, job.answered_by) == ("done", "warehouse")
    assert Step.objects.get(order=job.order).state == "queued"


def test_no_prints_a_marked_copy_but_asks_first(picker: Client, job: PrintJob) -> None:
    page = act(picker, "printing/printjob", "it_is_not_there", job).text
    assert "marked REPRINT" in page
    assert PrintJob.objects.count() == 1
    act(picker, "printing/printjob", "it_is_not_there", job, confirmed="yes")
    copy = PrintJob.objects.get(copy=2)
    assert (copy.state, copy.requested_by) == ("claimed", "warehouse")


def test_a_reprint_asks_first_and_makes_a_new_copy(picker: Client, job: PrintJob) -> None:
    PrintJob.objects.update(state="done", job_id="7")
    Step.objects.update(state="done")
    assert "Yes, print a new copy" in act(picker, "printing/printjob", "reprint", job).text
    assert PrintJob.objects.count() == 1
    act(picker, "printing/printjob", "reprint", job, confirmed="yes")
    assert PrintJob.objects.get(copy=2).requested_by == "warehouse"
    assert Step.objects.get(order=job.order).state == "queued"


def test_those_who_may_not_print_are_not_offered_to(job: PrintJob) -> None:
    page = staff("sales").get("/admin/printing/printjob/")
    assert page.status_code == 403
