"""Printers: what is wrong with them, their test page, their address."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from orders.steps import NotYet
from printing.documents import test_page
from printing.models import Printer, PrintJob
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
