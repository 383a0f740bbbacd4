"""The once-only rules, with a printer that does as it is told."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from orders.models import Attempt, Destination, Order, Step
from orders.steps import NotYet, Permanent, UnknownOutcome
from printing import jobs
from printing.models import Printer, PrintJob
from printing.printers.backend import Busy
from tests.printing.conftest import Fakes, new_order
from tests.printing.fake_printer import (
    LOST_REPLY,
    LOST_REQUEST,
    NOT_PRINTED,
    FakePrinter,
    deliver,
    job_of,
    step_of,
)

pytestmark = pytest.mark.django_db


def held() -> None:
    """A claim that holds."""


def test_what_certainly_was_not_printed_is_sent_again(fake: FakePrinter, order: Order) -> None:
    fake.moods = [NOT_PRINTED, NOT_PRINTED]
    assert deliver(order).state == "waiting"
    assert job_of(order).state == "claimed"
    assert deliver(order).state == "waiting"
    assert deliver(order).state == "done"
    assert len(fake.sheets) == 1


def test_a_printer_in_trouble_does_not_open_the_breaker(fake: FakePrinter, settings: Settings) -> None:
    orders = [new_order(f"AAAA-0000-1{n:03}") for n in range(settings.BREAKER_FAILURES + 2)]
    fake.moods = [NOT_PRINTED] * len(orders)
    for order in orders:
        deliver(order)
    assert not Destination.objects.filter(open_until__isnull=False).exists()


def test_a_lost_reply_is_looked_up_and_adopted(fake: FakePrinter, order: Order) -> None:
    fake.moods = [LOST_REPLY]
    assert deliver(order).state == "waiting"
    assert job_of(order).state == "unknown"
    assert deliver(order).state == "done"
    assert fake.sheets == [job_of(order).name]


def test_a_lost_reply_is_an_unknown_attempt(fake: FakePrinter, order: Order) -> None:
    fake.moods = [LOST_REPLY]
    deliver(order)
    assert Attempt.objects.get().outcome == "unknown"


def test_a_job_that_comes_late_is_found_by_the_second_look(
    fake: FakePrinter, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.moods = [LOST_REPLY]
    deliver(order)
    looks = iter([None, "17"])
    monkeypatch.setattr(fake, "find", lambda name: next(looks))
    assert deliver(order).state == "done"
    assert job_of(order).job_id == "17"
    assert len(fake.sheets) == 1


def test_not_found_asks_a_person_where_the_queue_may_forget(fake: FakePrinter, order: Order) -> None:
    fake.moods = [LOST_REQUEST]
    deliver(order)
    step = deliver(order)
    assert (step.state, job_of(order).state) == ("parked", "unknown")
    assert "Look whether it is there" in step.next_action
    assert fake.sheets == []


def test_not_found_is_sent_again_where_the_queue_remembers(fake: FakePrinter, order: Order) -> None:
    Printer.objects.update(keeps_history=True)
    fake.moods = [LOST_REQUEST]
    deliver(order)
    deliver(order)
    assert fake.sheets == [job_of(order).name]


def test_a_worker_that_died_while_sending_is_waited_for_then_looked_up(
    fake: FakePrinter, order: Order, settings: Settings
) -> None:
    deliver(order)
    PrintJob.objects.update(state="sending", job_id="", sent_at=timezone.now())
    Step.objects.update(state="queued")
    step = deliver(order)
    assert (step.state, step.reason) == ("waiting", "It may still be being sent.")
    assert step.due_at > timezone.now() + settings.STEP_TIME_LIMIT - timedelta(seconds=5)
    PrintJob.objects.update(sent_at=timezone.now() - settings.STEP_TIME_LIMIT)
    assert deliver(order).state == "done"
    assert len(fake.sheets) == 1


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(days=30)])
def test_one_that_was_sending_before_the_clock_was_set_back_is_waited_for_once(
    fake: FakePrinter, order: Order, settings: Settings, by: timedelta
) -> None:
    deliver(order)
    PrintJob.objects.update(state="sending", job_id="", sent_at=timezone.now() + by)
    Step.objects.update(state="queued")
    step = deliver(order)
    assert (step.state, step.reason) == ("waiting", "It may still be being sent.")
    until = step.due_at - timezone.now()
    assert settings.STEP_TIME_LIMIT - timedelta(seconds=5) < until < settings.STEP_TIME_LIMIT + timedelta(seconds=5)
    assert deliver(order).state == "waiting"
    assert len(fake.sheets) == 1
    PrintJob.objects.update(sent_at=F("sent_at") - settings.STEP_TIME_LIMIT)
    assert deliver(order).state == "done"
    assert len(fake.sheets) == 1


def test_only_one_of_two_workers_sends_a_new_job(fake: FakePrinter, order: Order) -> None:
    first, second = jobs.current_job(order), PrintJob(order=order)
    jobs.send(first, held)
    with pytest.raises(NotYet, match="Another worker"):
        jobs.send(second, held)
    assert fake.sheets == [first.name]
    assert job_of(order).state == "accepted"


def test_only_one_of_two_workers_sends_a_job_again(fake: FakePrinter, order: Order) -> None:
    fake.moods = [NOT_PRINTED]
    deliver(order)
    first, second = jobs.current_job(order), jobs.current_job(order)
    assert first == second
    jobs.send(first, held)
    with pytest.raises(NotYet, match="Another worker"):
        jobs.send(second, held)
    assert fake.sheets == [first.name]


def test_sending_is_on_record_before_the_first_byte_leaves(
    fake: FakePrinter, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def send(name: str, document: bytes, assure: object, media: str = "") -> str:
        seen.append(job_of(order).state)
        return "1"

    monkeypatch.setattr(fake, "send", send)
    deliver(order)
    assert seen == ["sending"]


def test_a_worker_that_lost_its_claim_before_it_sent_leaves_nothing_to_ask(
    fake: FakePrinter, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(name: str, document: bytes, assure: Callable[[], None], media: str = "") -> str:
        Step.objects.update(token=uuid.uuid4())
        assure()
        raise AssertionError("sent")

    with monkeypatch.context() as patch:
        patch.setattr(fake, "send", send)
        deliver(order)
    assert job_of(order).state == "claimed"
    Step.objects.update(state="queued", token=None)
    assert (deliver(order).state, fake.sheets) == ("done", [job_of(order).name])


def test_a_worker_that_lost_its_claim_leaves_alone_what_another_sends(
    fake: FakePrinter, order: Order, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(name: str, document: bytes, assure: Callable[[], None], media: str = "") -> str:
        PrintJob.objects.update(sent_at=timezone.now() + settings.STEP_LEASE)
        Step.objects.update(token=uuid.uuid4())
        assure()
        raise AssertionError("sent")

    monkeypatch.setattr(fake, "send", send)
    deliver(order)
    assert job_of(order).state == "sending"


def test_nor_does_it_touch_what_was_sent_after_the_clock_was_set_back(
    fake: FakePrinter, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By that clock, another worker's sending is earlier than the claim that was lost."""

    def send(name: str, document: bytes, assure: Callable[[], None], media: str = "") -> str:
        PrintJob.objects.update(sent_at=timezone.now() - timedelta(hours=1))
        Step.objects.update(token=uuid.uuid4())
        assure()
        raise AssertionError("sent")

    monkeypatch.setattr(fake, "send", send)
    deliver(order)
    assert job_of(order).state == "sending"


def test_a_row_that_somebody_changed_while_it_was_sent_is_for_a_person(
    fake: FakePrinter, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(name: str, document: bytes, assure: object, media: str = "") -> str:
        PrintJob.objects.update(state="unknown")
        return "1"

    monkeypatch.setattr(fake, "send", send)
    step = deliver(order)
    assert (step.state, step.reason) == ("parked", "Nobody knows whether the slip was printed at One.")
    assert job_of(order).state == "unknown"


def test_a_document_the_printer_refuses_is_for_a_person(fake: FakePrinter, order: Order) -> None:
    fake.moods = [(False, Permanent("refused", next_action="look"))]
    assert deliver(order).state == "parked"
    assert job_of(order).state == "failed"


def test_a_failed_slip_sent_again_is_a_new_copy(fake: FakePrinter, order: Order) -> None:
    fake.moods = [(False, Permanent("refused", next_action="look"))]
    deliver(order)
    Step.objects.update(state="queued")
    assert deliver(order).state == "done"
    assert fake.sheets == [f"{order.number}/r1/c2"]


@pytest.mark.parametrize("kind", [NotYet, UnknownOutcome, Permanent])
def test_a_reason_longer_than_its_column_is_cut(fake: FakePrinter, order: Order, kind: type) -> None:
    more = {"next_action": "look"} if kind is Permanent else {}
    fake.moods = [(False, kind("x" * 600, **more))]
    assert deliver(order).reason == "x" * 500
    assert job_of(order).reason == "x" * 500


def test_a_busy_printer_is_in_no_trouble(fake: FakePrinter, printer: Printer, order: Order) -> None:
    fake.moods = [(False, Busy("busy"))]
    assert deliver(order).state == "waiting"
    printer.refresh_from_db()
    assert not printer.blocked


def test_the_step_says_which_job_it_is_at_which_printer(fakes: Fakes, printer: Printer, order: Order) -> None:
    fakes(printer.url).sheets = ["another"] * 16
    deliver(order)
    assert step_of(order).reference == "job 17 at One"


@pytest.mark.parametrize(("paper", "media"), [("4x6", "na_index-4x6_4x6in"), ("a5", "iso_a5_148x210mm"), ("a4", "")])
def test_a_printer_is_told_its_paper_unless_it_is_what_nobody_has_chosen(
    order: Order, printer: Printer, fake: FakePrinter, paper: str, media: str
) -> None:
    Printer.objects.update(paper=paper)
    deliver(order)
    assert fake.media == [media]
