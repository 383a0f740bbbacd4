"""What is recorded of printers and their jobs, and which slips go on."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.utils import timezone

from orders.models import Order, Step
from printing import polling
from printing.models import Printer, PrintJob
from printing.printers.backend import JobStatus, Status
from tests.printing.conftest import Fakes, new_order
from tests.printing.fake_printer import NOT_PRINTED, FakePrinter, deliver, job_of, step_of

pytestmark = pytest.mark.django_db


def test_a_printer_that_is_well_again_releases_its_own_slips_only(
    fake: FakePrinter, printer: Printer, order: Order
) -> None:
    fake.moods = [NOT_PRINTED]
    deliver(order)
    Step.objects.filter(order=order).update(due_at=timezone.now() + timedelta(hours=1))
    fake.state = Status("stopped", blocked=True)
    polling.poll(printer)
    assert step_of(order).due_at > timezone.now()
    fake.state = Status("ready")
    polling.poll(printer)
    assert step_of(order).due_at <= timezone.now()


def test_polling_records_what_became_of_a_job(fake: FakePrinter, printer: Printer, order: Order) -> None:
    deliver(order)
    polling.poll(printer)
    printer.refresh_from_db()
    assert printer.oldest_job_at == job_of(order).accepted_at
    fake.fates["1"] = JobStatus(done=True)
    polling.poll(printer)
    assert job_of(order).state == "done"


@pytest.mark.parametrize("fate", [JobStatus(failed=True, reason="gave up"), JobStatus(forgotten=True, reason="forgot")])
def test_a_slip_that_did_not_come_out_warns_on_the_step(
    fake: FakePrinter, printer: Printer, order: Order, fate: JobStatus
) -> None:
    deliver(order)
    fake.fates["1"] = fate
    polling.poll(printer)
    assert job_of(order).state == ("failed" if fate.failed else "unknown")
    assert fate.reason in step_of(order).warning


def test_completed_with_a_lost_history_asks_to_check_the_paper(
    fake: FakePrinter, printer: Printer, order: Order
) -> None:
    deliver(order)
    fake.fates["1"], fake.state = JobStatus(done=True), Status("ready", lost_history=True)
    polling.poll(printer)
    printer.refresh_from_db()
    assert (job_of(order).state, printer.check_paper) == ("unknown", True)


def test_a_history_lost_while_the_jobs_are_asked_for_is_not_missed(
    fake: FakePrinter, printer: Printer, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(order)

    def printed_meanwhile(ids: Iterable[str]) -> dict[str, JobStatus]:
        fake.state = Status("ready", lost_history=True)
        return {job: JobStatus(done=True) for job in ids}

    monkeypatch.setattr(fake, "jobs", printed_meanwhile)
    polling.poll(printer)
    assert job_of(order).state == "unknown"


def test_an_order_that_is_late_is_told_even_if_the_printer_says_nothing(printer: Printer) -> None:
    printer.oldest_job_at = timezone.now() - timedelta(minutes=7)
    assert "waiting for 7 minutes" in printer.waiting_since
    printer.oldest_job_at = timezone.now()
    assert printer.waiting_since == ""


@pytest.mark.usefixtures("fake")
def test_two_workers_do_not_poll_the_same_printer_in_one_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    polled: list[Printer] = []
    monkeypatch.setattr(polling, "_record", lambda printer, answer: polled.append(printer))
    polling.poll_due_printers()
    polling.poll_due_printers()
    assert len(polled) == 1


@pytest.mark.parametrize("broken", ["status", "jobs", "result"])
def test_an_unexpected_error_of_one_printer_blocks_it_and_ends_no_round(
    fakes: Fakes, printer: Printer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    deliver(new_order("AAAA-0000-0001"))
    other = Printer.objects.create(name="Two", url="ipp://two/p")

    def fails(*ids: object) -> Status:
        if broken == "result":
            return Status("ready", [b"\0"])  # type: ignore[list-item]
        raise IndexError("an empty list")

    monkeypatch.setattr(fakes(printer.url), "jobs" if broken == "jobs" else "status", fails)
    polling.poll_due_printers()
    printer.refresh_from_db()
    other.refresh_from_db()
    assert (printer.state, printer.blocked, other.state) == ("offline", True, "ready")
    assert "the worker's log has the details" in printer.reasons
    assert "printer One: a fault in the desk itself" in caplog.text
    assert PrintJob.objects.get().state == "accepted"


def test_a_round_asks_for_the_oldest_jobs_only(
    fake: FakePrinter, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert polling.JOBS_A_ROUND == 100
    monkeypatch.setattr(polling, "JOBS_A_ROUND", 2)
    for n in range(3):
        deliver(new_order(f"AAAA-0000-000{n}"))
    polling.poll(printer)
    assert fake.asked == ["1", "2"]


def test_a_round_releases_some_slips_and_the_next_one_more(
    fake: FakePrinter, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert polling.RELEASED_A_ROUND == 20
    monkeypatch.setattr(polling, "RELEASED_A_ROUND", 2)
    fake.moods = [NOT_PRINTED] * 3
    for n in range(3):
        deliver(new_order(f"AAAA-0000-000{n}"))
    Step.objects.update(due_at=timezone.now() + timedelta(hours=1))
    polling.poll(printer)
    assert Step.objects.filter(due_at__lte=timezone.now()).count() == 2
    polling.poll(printer)
    assert Step.objects.filter(due_at__lte=timezone.now()).count() == 3


def test_a_reason_longer_than_its_column_is_cut(fake: FakePrinter, printer: Printer, order: Order) -> None:
    deliver(order)
    fake.fates["1"] = JobStatus(failed=True, reason="x" * 600)
    polling.poll(printer)
    assert PrintJob.objects.get().reason == "x" * 500
