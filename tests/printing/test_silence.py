"""Printers that do not answer delay neither the polls nor the slips of the others."""

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.db.models import F
from django.utils import timezone

from orders.models import Destination, Step
from printing import polling, reach
from printing.models import Printer, PrintJob
from printing.printers.backend import Status
from printing.printers.schemes import backend
from tests.end_to_end.desk import wait_for
from tests.printing.conftest import Fakes, new_order
from tests.printing.fake_printer import LOST_REPLY, NOT_PRINTED, FakePrinter, deliver, job_of, step_of
from tests.printing.silent_printer import SilentPrinter, silent_printers

pytestmark = pytest.mark.django_db

KINDS = ["says_nothing", "drips", "black_hole"] * 3
SOON = 10.0  # seconds; one silent printer alone takes 15 for a slip


@pytest.fixture
def nine(fakes: Fakes, printer: Printer, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[SilentPrinter]]:
    """Nine silent printers beside the well one, `printer`."""
    monkeypatch.setattr(polling, "ROUND_SECONDS", 0.5)
    monkeypatch.setattr(reach, "backend", lambda url: fakes(url) if url == printer.url else backend(url))
    with silent_printers(*KINDS) as silent:
        for n, each in enumerate(silent):
            Printer.objects.create(name=f"A{n}", url=each.url)
        yield silent


def _let_time_pass() -> None:
    Printer.objects.update(polled_at=F("polled_at") - timedelta(seconds=10))


@pytest.mark.usefixtures("nine")
def test_nine_silent_printers_do_not_delay_a_well_ones_poll(printer: Printer) -> None:
    started = time.monotonic()
    polling.poll_due_printers()
    assert time.monotonic() - started < SOON
    printer.refresh_from_db()
    assert (printer.state, printer.blocked) == ("ready", False)
    assert Printer.objects.filter(state="offline", blocked=True).count() == len(KINDS)


def test_a_printer_that_is_still_asked_is_not_asked_again(nine: list[SilentPrinter]) -> None:
    polling.poll_due_printers()
    once = [int(each.kind != "black_hole") for each in nine]  # Nobody gets through to a black hole.
    wait_for(lambda: [each.asked for each in nine] == once, "each was asked")
    _let_time_pass()
    polling.poll_due_printers()
    assert [each.asked for each in nine] == once


@pytest.mark.usefixtures("nine")
def test_seventeen_slips_of_a_well_printer_do_not_wait_for_nine_silent_ones(
    fake: FakePrinter, printer: Printer
) -> None:
    polling.poll_due_printers()
    orders = [new_order(f"AAAA-0000-{n:04}") for n in range(170)]  # shared out evenly
    started = time.monotonic()
    for order in orders:
        deliver(order)
    assert time.monotonic() - started < SOON * 5  # Drawing 17 slips takes some seconds.
    assert len(fake.sheets) == 17 == PrintJob.objects.filter(printer=printer, state="accepted").count()
    assert PrintJob.objects.filter(state="claimed").count() == 153
    assert not Destination.objects.filter(open_until__isnull=False).exists()


@pytest.mark.parametrize("mood", [NOT_PRINTED, LOST_REPLY])
def test_the_slips_behind_one_that_failed_wait_for_the_next_poll(
    fake: FakePrinter, mood: tuple[bool, Exception | None]
) -> None:
    polling.poll_due_printers()
    first, second = new_order("AAAA-0000-0001"), new_order("AAAA-0000-0002")
    fake.moods = [mood]
    deliver(first)
    deliver(second)
    assert job_of(second).state == "claimed"
    assert "waits until One is well" in step_of(second).reason
    Step.objects.update(due_at=timezone.now() + timedelta(hours=1))
    _let_time_pass()
    polling.poll_due_printers()
    assert step_of(second).due_at <= timezone.now()
    for order in (first, second):
        deliver(order)
    assert sorted(fake.sheets) == [job_of(first).name, job_of(second).name]


def test_a_silent_printer_is_not_looked_at(fake: FakePrinter, monkeypatch: pytest.MonkeyPatch) -> None:
    order = new_order("AAAA-0000-0001")
    fake.moods = [LOST_REPLY]
    deliver(order)
    fake.state = Status("offline", blocked=True)
    polling.poll_due_printers()
    looks: list[str] = []
    monkeypatch.setattr(fake, "find", looks.append)
    assert (deliver(order).state, looks) == ("waiting", [])
    assert job_of(order).state == "unknown"


def test_lost_answers_of_one_printer_do_not_hold_all_slips(fake: FakePrinter) -> None:
    fake.moods = [LOST_REPLY] * 10
    for n in range(10):
        deliver(new_order(f"AAAA-0000-{n:04}"))
    assert len(fake.sheets) == 10
    assert not Destination.objects.filter(open_until__isnull=False).exists()


def test_without_fresh_polls_a_slip_is_tried(fake: FakePrinter, printer: Printer) -> None:
    fake.state = Status("offline", blocked=True)
    polling.poll_due_printers()
    Printer.objects.update(polled_at=F("polled_at") - timedelta(seconds=31))
    assert deliver(new_order("AAAA-0000-0001")).state == "done"


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(days=30)])
def test_after_the_clock_was_set_back_polls_go_on_and_until_then_a_slip_is_tried(
    fake: FakePrinter, printer: Printer, by: timedelta
) -> None:
    fake.state = Status("offline", blocked=True)
    polling.poll_due_printers()
    Printer.objects.update(polled_at=F("polled_at") + by)
    assert deliver(new_order("AAAA-0000-0001")).state == "done"
    fake.state = Status("ready")
    polling.poll_due_printers()
    printer.refresh_from_db()
    assert (printer.state, printer.blocked) == ("ready", False)
    fake.state = Status("offline", blocked=True)
    polling.poll_due_printers()
    printer.refresh_from_db()
    assert printer.state == "ready", "it was polled a moment ago"


def test_a_silent_printers_slip_goes_to_its_fallback(fakes: Fakes, fake: FakePrinter, printer: Printer) -> None:
    other = Printer.objects.create(name="Two", url="ipp://two/p", takes_slips=False)
    Printer.objects.filter(pk=printer.pk).update(fallback=other)
    fake.state = Status("offline", blocked=True)
    polling.poll_due_printers()
    order = new_order("AAAA-0000-0001")
    assert deliver(order).state == "done"
    assert (fake.sheets, fakes(other.url).sheets) == ([], [job_of(order).name])


def test_a_round_within_a_round_asks_nobody_twice(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ready(url: str) -> Status:
        asked.append(url)
        return Status("ready")

    for name in ("One", "Two", "Three"):
        url = f"ipp://{name}/p"
        Printer.objects.create(name=name, url=url)
        monkeypatch.setattr(fakes(url), "status", partial(ready, url))
    record = polling._record

    def during(printer: Printer, answer: polling.Answer) -> None:
        polling.poll_due_printers()
        record(printer, answer)

    monkeypatch.setattr(polling, "_record", during)
    polling.poll_due_printers()
    assert len(asked) == len(set(asked)) == 3
