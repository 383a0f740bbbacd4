"""What people ask for."""

import pytest
from django.utils import timezone

from orders.models import Order, Step
from printing import reprints
from printing.models import Printer, PrintJob
from tests.printing.fake_printer import LOST_REPLY, LOST_REQUEST, NOT_PRINTED, FakePrinter, deliver, job_of, step_of

pytestmark = pytest.mark.django_db

LONG = "ana" * 100


def test_a_reprint_is_the_next_copy(fake: FakePrinter, order: Order) -> None:
    deliver(order)
    reprints.reprint(job_of(order), requested_by="ana")
    deliver(order)
    assert fake.sheets == [f"{order.number}/r1/c1", f"{order.number}/r1/c2"]
    assert job_of(order, 2).requested_by == "ana"


def test_what_is_not_printed_yet_or_cancelled_is_not_reprinted(fake: FakePrinter, order: Order) -> None:
    fake.moods = [NOT_PRINTED]
    deliver(order)
    with pytest.raises(ValueError, match="nothing to print again yet"):
        reprints.reprint(job_of(order), requested_by="ana")
    deliver(order)
    Order.objects.update(status="cancelled")
    with pytest.raises(ValueError, match="cancelled"):
        reprints.reprint(job_of(order), requested_by="ana")


@pytest.mark.usefixtures("fake")
def test_a_reprint_after_failures_has_a_fresh_schedule_and_no_old_reason(order: Order) -> None:
    deliver(order)
    Step.objects.update(state="parked", failures=9, reason="The printer is on fire.", next_action="Run.")
    reprints.reprint(job_of(order), requested_by="ana")
    step = step_of(order)
    assert (step.state, step.failures, step.reason, step.next_action) == ("queued", 0, "", "")
    assert step.due_at <= timezone.now()


@pytest.mark.usefixtures("fake")
def test_a_reprint_goes_elsewhere_if_its_printer_was_switched_off(printer: Printer, order: Order) -> None:
    deliver(order)
    Printer.objects.create(name="Two", url="ipp://two/p")
    printer.active = False
    printer.save()
    assert reprints.reprint(job_of(order), requested_by="ana").printer.name == "Two"


def ask(fake: FakePrinter, order: Order) -> PrintJob:
    """A job of which nobody knows whether it was printed."""
    fake.moods = [LOST_REQUEST]
    deliver(order)
    deliver(order)
    return job_of(order)


def test_a_person_who_finds_it_ends_the_step(fake: FakePrinter, order: Order) -> None:
    fake.moods, fake.forgets = [LOST_REPLY], True
    deliver(order)
    deliver(order)
    reprints.answer(job_of(order), there=True, answered_by="ana")
    assert deliver(order).state == "done"
    assert len(fake.sheets) == 1
    assert (job_of(order).state, job_of(order).answered_by) == ("done", "ana")


def test_a_person_who_does_not_find_it_gets_a_marked_copy(fake: FakePrinter, order: Order) -> None:
    reprints.answer(ask(fake, order), there=False, answered_by="ana")
    assert deliver(order).state == "done"
    assert fake.sheets == [f"{order.number}/r1/c2"]
    assert job_of(order).state == "failed"


def test_the_question_is_answered_once(fake: FakePrinter, order: Order) -> None:
    job = ask(fake, order)
    reprints.answer(job, there=False, answered_by="ana")
    with pytest.raises(ValueError, match="answered already"):
        reprints.answer(PrintJob.objects.get(pk=job.pk), there=True, answered_by="bob")
    with pytest.raises(ValueError, match="answered already"):
        reprints.answer(job_of(order), there=False, answered_by="bob")
    assert PrintJob.objects.filter(order=order).count() == 2


def test_a_cancelled_order_gets_an_answer_and_no_copy(fake: FakePrinter, order: Order) -> None:
    job = ask(fake, order)
    Order.objects.update(status="cancelled")
    assert reprints.answer(job, there=False, answered_by="ana") == job
    assert PrintJob.objects.get().state == "failed"
    assert step_of(order).state == "parked"


def test_a_name_longer_than_its_column_is_cut(fake: FakePrinter, order: Order) -> None:
    copy = reprints.answer(ask(fake, order), there=False, answered_by=LONG)
    assert job_of(order).answered_by == LONG[:150]
    copy.refresh_from_db()
    assert copy.requested_by == LONG[:150]
