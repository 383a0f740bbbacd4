"""What the warehouse sees and does: printers, print jobs, the pick list."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Order, Step
from orders.steps import NotYet
from printing.documents import test_page
from printing.models import Printer, PrintJob
from tests.printing.conftest import make_order
from tests.shop.staff.test_admin import staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return make_order()


@pytest.fixture
def picker() -> Client:
    return staff("warehouse")


@pytest.fixture
def printer() -> Printer:
    return Printer.objects.create(
        name="Gate 3",
        url="ipp://cups.lan/printers/slips",
        state="printing",
        blocked=True,
        reasons="It is out of paper.",
        polled_at=timezone.now(),
        oldest_job_at=timezone.now() - timedelta(minutes=12),
    )


@pytest.fixture
def job(order: Order, printer: Printer) -> PrintJob:
    Step.objects.create(order=order, name="printing", state="parked", due_at=timezone.now())
    return PrintJob.objects.create(order=order, printer=printer, state="unknown", reason="No answer.")


def act(client: Client, model: str, action: str, row: Any, **more: str) -> str:
    data = {"action": action, "_selected_action": [row.pk]} | more
    return client.post(f"/admin/{model}/", data, follow=True).content.decode()


def test_every_list_and_page_opens(picker, job):
    for path in ("printer/", "printjob/", f"printer/{job.printer.pk}/change/", f"printjob/{job.pk}/change/"):
        page = picker.get(f"/admin/printing/{path}")
        assert page.status_code == 200, path


def test_the_list_of_printers_tells_what_is_wrong_in_plain_words(picker, printer):
    page = picker.get("/admin/printing/printer/").content.decode()
    assert "It is out of paper." in page
    assert "A slip has been waiting for 12 minutes" in page
    printer.check_paper = True
    printer.save()
    assert "check paper" in picker.get("/admin/printing/printer/").content.decode()


def test_an_unknown_job_asks_and_takes_yes(picker, job):
    assert "Yes, it is there" in picker.get(f"/admin/printing/printjob/{job.pk}/change/").content.decode()
    act(picker, "printing/printjob", "it_is_there", job)
    job.refresh_from_db()
    assert (job.state, job.answered_by) == ("done", "warehouse")
    assert Step.objects.get(order=job.order).state == "queued"


def test_no_prints_a_marked_copy_but_asks_first(picker, job):
    page = act(picker, "printing/printjob", "it_is_not_there", job)
    assert "marked REPRINT" in page
    assert PrintJob.objects.count() == 1
    act(picker, "printing/printjob", "it_is_not_there", job, confirmed="yes")
    copy = PrintJob.objects.get(copy=2)
    assert (copy.state, copy.requested_by) == ("claimed", "warehouse")


def test_a_reprint_asks_first_and_makes_a_new_copy(picker, job):
    PrintJob.objects.update(state="done", job_id="7")
    Step.objects.update(state="done")
    assert "Yes, print a new copy" in act(picker, "printing/printjob", "reprint", job)
    assert PrintJob.objects.count() == 1
    act(picker, "printing/printjob", "reprint", job, confirmed="yes")
    assert PrintJob.objects.get(copy=2).requested_by == "warehouse"
    assert Step.objects.get(order=job.order).state == "queued"


def test_those_who_may_not_print_are_not_offered_to(job):
    page = staff("sales").get("/admin/printing/printjob/")
    assert page.status_code == 403


def test_a_test_page_says_what_became_of_it(picker, printer, monkeypatch):
    monkeypatch.setattr(test_page, "send", lambda printer: "17")
    assert "took the test page as 17" in act(picker, "printing/printer", "print_test_page", printer)

    def gone(printer: Printer) -> str:
        raise NotYet("It can't be reached.")

    monkeypatch.setattr(test_page, "send", gone)
    assert "Gate 3: It can&#x27;t be reached." in act(picker, "printing/printer", "print_test_page", printer)


def test_an_address_stays_while_jobs_are_open_there(job):
    boss = staff("")
    form = {"name": "Gate 3", "url": "ipp://elsewhere/p", "station": "", "paper": "a5", "active": "on"}
    page = boss.post(f"/admin/printing/printer/{job.printer.pk}/change/", form).content.decode()
    assert "Jobs are still open at the old address" in page
    PrintJob.objects.update(state="done")
    boss.post(f"/admin/printing/printer/{job.printer.pk}/change/", form)
    job.printer.refresh_from_db()
    assert (job.printer.url, job.printer.paper) == ("ipp://elsewhere/p", "a5")


@pytest.mark.parametrize(
    "url", ["", "http://host/", "ipp:///nohost", "ipp://host:port/", "ipp://a:b@host/p", "file:///etc/passwd"]
)
def test_an_address_that_leads_nowhere_is_refused(url):
    page = staff("").post("/admin/printing/printer/add/", {"name": "New", "url": url, "paper": "a4"})
    assert page.status_code == 200
    assert not Printer.objects.exists()


def test_a_pick_list_comes_from_a_selection_of_orders(picker, order):
    make_order([("C-1", 1, "Jug")], number="AAAA-0000-0002")
    answer = picker.post(
        "/admin/orders/order/",
        {"action": "make_pick_list", "_selected_action": list(Order.objects.values_list("pk", flat=True))},
    )
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_an_order_leads_to_its_print_jobs(picker, job):
    page = act(picker, "orders/order", "print_jobs", job.order)
    assert job.name in page
