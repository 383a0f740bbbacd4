"""Printers: what is wrong with them, their test page, their address."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from pytest_django import Settings

from orders.models import Deed
from orders.steps import NotYet
from printing import reach
from printing.documents import test_page
from printing.models import Printer, PrintJob
from printing.printers.backend import Withdrawal
from tests.factories import make_order
from tests.printing.fake_printer import FakePrinter
from tests.shop.staff.conftest import act, staff


def test_the_list_of_printers_tells_what_is_wrong_in_plain_words(picker: Client, printer: Printer) -> None:
    page = picker.get("/admin/printing/printer/").text
    assert "It is out of paper." in page
    assert "A slip has been waiting for 12 minutes" in page
    printer.check_paper = True
    printer.save()
    assert "check paper" in picker.get("/admin/printing/printer/").text


def test_a_spool_folder_is_not_asked_whether_it_is_switched_on(boss: Client, printer: Printer) -> None:
    Printer.objects.update(url="spool:", state="ready", blocked=False, reasons="")
    page = boss.get("/admin/printing/printer/").text
    assert "switched on" not in page
    assert "The oldest slip has been lying in the folder for 12 minutes." in page
    assert "desk-waiting" not in page


def test_a_test_page_says_what_became_of_it(picker: Client, printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_page, "send", lambda printer: "17")
    assert "took the test page as 17" in act(picker, "printing/printer", "print_test_page", printer).text

    def gone(printer: Printer) -> str:
        raise NotYet("It can't be reached.")

    monkeypatch.setattr(test_page, "send", gone)
    assert "Gate 3: It can&#x27;t be reached." in act(picker, "printing/printer", "print_test_page", printer).text


def test_a_spool_folder_that_was_replaced_on_purpose_is_taken(boss: Client, settings: Settings, tmp_path: Path) -> None:
    settings.SPOOL_DIR = tmp_path
    spool = Printer.objects.create(name="Spool folder", url="spool:", folder_id="0" * 32)
    assert "is another one" in act(boss, "printing/printer", "ask_now", spool).text
    assert "its slips go to the folder" in act(boss, "printing/printer", "take_folder", spool).text
    assert "Spool folder: ready" in act(boss, "printing/printer", "ask_now", spool).text


def test_a_spool_folder_that_can_not_be_taken_says_why(boss: Client, settings: Settings, tmp_path: Path) -> None:
    settings.SPOOL_DIR = tmp_path / "file"
    settings.SPOOL_DIR.write_text("no folder")
    spool = Printer.objects.create(name="Spool folder", url="spool:", folder_id="0" * 32)
    assert "Spool folder: The spool folder" in act(boss, "printing/printer", "take_folder", spool).text
    spool.refresh_from_db()
    assert spool.folder_id == "0" * 32


def test_an_address_stays_while_jobs_are_open_there(boss: Client, job: PrintJob) -> None:
    form = {"name": "Gate 3", "url": "ipp://elsewhere/p", "station": "", "paper": "a5", "active": "on"}
    page = boss.post(f"/admin/printing/printer/{job.printer.pk}/change/", form).text
    assert "Jobs are still open at the old address" in page
    PrintJob.objects.update(state="done")
    boss.post(f"/admin/printing/printer/{job.printer.pk}/change/", form)
    job.printer.refresh_from_db()
    assert (job.printer.url, job.printer.paper) == ("ipp://elsewhere/p", "a5")


@pytest.mark.parametrize(
    "url", ["", "http://host/", "ipp:///nohost", "ipp://host:port/", "ipp://a:b@host/p", "file:///etc/passwd"]
)
def test_an_address_that_leads_nowhere_is_refused(boss: Client, url: str) -> None:
    page = boss.post("/admin/printing/printer/add/", {"name": "New", "url": url, "paper": "a4"})
    assert page.status_code == 200
    assert not Printer.objects.exists()


def test_the_warehouse_can_not_point_a_printer_at_another_host(picker: Client, printer: Printer) -> None:
    """Slips would go there, customers' names and all; and the desk would connect to any host inside."""
    page = picker.get(f"/admin/printing/printer/{printer.pk}/change/")
    assert 'name="url"' not in page.text
    assert "ipp://cups.lan/printers/slips" in page.text
    form = {"name": "Gate 4", "url": "ipp://evil.example/p", "paper": "a5", "active": "on"}
    assert picker.post(f"/admin/printing/printer/{printer.pk}/change/", form).status_code == 302
    printer.refresh_from_db()
    assert (printer.name, printer.url) == ("Gate 4", "ipp://cups.lan/printers/slips")


def test_operations_can(printer: Printer) -> None:
    form = {"name": "Gate 3", "url": "ipp://new.lan/printers/slips", "paper": "a5", "active": "on"}
    assert staff("operations").post(f"/admin/printing/printer/{printer.pk}/change/", form).status_code == 302
    printer.refresh_from_db()
    assert printer.url == "ipp://new.lan/printers/slips"


@pytest.fixture
def packing(printer: Printer) -> Printer:
    return Printer.objects.create(name="Packing table", url="ipp://two/p")


def use(client: Client, printer: Printer, **more: str) -> str:
    return str(act(client, "printing/printer", "use_instead", printer, back="/admin/", **more).text)


def test_what_certainly_was_not_printed_goes_over_at_once(picker: Client, printer: Printer, packing: Printer) -> None:
    job = PrintJob.objects.create(order=make_order(steps=["printing"]), printer=printer, state="claimed")
    page = use(picker, printer)
    assert "1 slip sent to Packing table. What comes goes there too, until Gate 3 is well." in page
    job.refresh_from_db()
    assert job.printer == packing
    assert Deed.objects.filter(what="moved", by="warehouse", order=job.order).exists()
    assert "Packing table takes its slips until it is well." in picker.get("/admin/printing/printer/").text


def test_what_lies_at_the_printer_is_asked_about_first(
    picker: Client, job: PrintJob, packing: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lies = PrintJob.objects.create(order=make_order(), printer=job.printer, state="accepted", job_id="7")
    page = use(picker, job.printer)
    assert "Send the slips of Gate 3 to Packing table?" in page
    assert "1 slip of 1 lies at Gate 3 and is asked back first." in page
    assert "Not moved: 1 slip of which nobody knows whether it was printed." in page
    assert lies.name in page
    monkeypatch.setattr(reach, "backend", lambda url: FakePrinter(withdrawals=[Withdrawal.PERHAPS]))
    assert "1 of them marked REPRINT" in use(picker, job.printer, confirmed="yes")
    job.refresh_from_db()
    assert (job.state, job.printer.name) == ("unknown", "Gate 3")


def test_one_question_is_about_all_printers_that_were_chosen_and_nothing_is_moved_before_it(
    picker: Client, printer: Printer, packing: Printer
) -> None:
    second = Printer.objects.create(name="Gate 4", url="ipp://four/p", blocked=True)
    for number, one in enumerate((second, printer)):
        PrintJob.objects.create(order=make_order(), printer=one, state="accepted", job_id=str(number))
    loose = PrintJob.objects.create(order=make_order(), printer=second, state="claimed")
    page = act(picker, "printing/printer", "use_instead", printer, second).text
    assert "Send the slips of Gate 3 to Packing table, and of Gate 4 to Packing table?" in page
    assert "1 slip of 2 lies at Gate 4" in page
    loose.refresh_from_db()
    assert loose.printer == second


def test_a_printer_that_gives_nothing_back_keeps_its_slips_and_says_why(
    picker: Client, printer: Printer, packing: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    PrintJob.objects.create(order=make_order(), printer=printer, state="accepted", job_id="7")
    monkeypatch.setattr(reach, "backend", lambda url: FakePrinter(withdrawals=[NotYet("It is asleep.")]))
    page = use(picker, printer, confirmed="yes")
    assert "0 slips sent to Packing table." in page
    assert "1 slip stayed at Gate 3. It is asleep." in page


def test_the_printer_that_the_button_named_is_used_or_none(picker: Client, printer: Printer, packing: Printer) -> None:
    job = PrintJob.objects.create(order=make_order(), printer=printer, state="claimed")
    spare = Printer.objects.create(name="A spare", url="ipp://three/p", blocked=True)
    for wrong in (str(spare.pk), str(printer.pk)):
        assert "takes nothing now: nothing was moved." in use(picker, printer, instead=wrong)
    assert "no other printer" in use(picker, printer, instead="99999")
    Printer.objects.filter(pk=packing.pk).update(active=False)
    assert "no other printer with the same paper is well" in use(picker, printer)
    job.refresh_from_db()
    assert job.printer == printer


@pytest.mark.parametrize("role", ["sales", "warehouse", "operations"])
def test_slips_are_sent_elsewhere_by_who_sees_to_printers(printer: Printer, packing: Printer, role: str) -> None:
    job = PrintJob.objects.create(order=make_order(), printer=printer, state="claimed")
    client = staff(role)
    assert ("Use Packing table" in client.get("/admin/").text) == (role != "sales")
    use(client, printer)
    job.refresh_from_db()
    assert (job.printer == packing) == (role != "sales")


def test_what_fits_a_printer_asks_the_database_only_where_slips_may_be_sent_elsewhere(
    printer: Printer, django_assert_num_queries: Any
) -> None:
    of_printers: Any = admin.site._registry[Printer]
    with django_assert_num_queries(0):
        assert of_printers.fits("ask_now", printer)
        assert not of_printers.fits("paper_checked", printer)
    with django_assert_num_queries(1):
        assert not of_printers.fits("use_instead", printer)
