"""The once-only rules, with a printer that does as it is told."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from django.utils import timezone

from orders.models import Attempt, Destination, Order, Step
from orders.steps import NotYet, Permanent, UnknownOutcome
from printing import jobs
from printing import polling as watch
from printing.models import Printer, PrintJob
from printing.printers.backend import JobStatus, Status
from printing.tasks import print_slip
from tests.printing.conftest import make_order

pytestmark = pytest.mark.django_db


@dataclass
class FakePrinter:
    """Prints into `sheets`; `mood` is what happens to the next calls of `send`: None, or an error after or before."""

    sheets: list[str] = field(default_factory=list)
    moods: list[tuple[bool, Exception]] = field(default_factory=list)
    forgets: bool = False
    state: Status = field(default_factory=lambda: Status("ready"))
    fates: dict[str, JobStatus] = field(default_factory=dict)

    def send(self, name, document):
        printed, error = self.moods.pop(0) if self.moods else (True, None)
        if printed:
            self.sheets.append(name)
        if error:
            raise error
        return str(len(self.sheets))

    def find(self, name):
        return None if self.forgets or name not in self.sheets else str(self.sheets.index(name) + 1)

    def status(self):
        return self.state

    def jobs(self, ids):
        return {job: self.fates.get(job, JobStatus()) for job in ids}


@pytest.fixture
def fake(monkeypatch):
    printers = {}

    def backend(url):
        return printers.setdefault(url, FakePrinter())

    monkeypatch.setattr(jobs, "backend", backend)
    monkeypatch.setattr(watch, "backend", backend)
    monkeypatch.setattr(jobs, "LOOK_AGAIN", 0)
    return backend("ipp://one/p")


@pytest.fixture
def printer(fake):
    return Printer.objects.create(name="One", url="ipp://one/p")


@pytest.fixture
def order(printer):
    return new_order("AAAA-0000-0001")


def new_order(number) -> Order:
    order = make_order(number=number)
    Step.objects.create(order=order, name="printing", due_at=timezone.now())
    return order


def deliver(order) -> Step:
    Step.objects.filter(order=order, state="waiting").update(state="queued")
    print_slip(order.pk)
    return Step.objects.get(order=order, name="printing")


def job_of(order, copy=1) -> PrintJob:
    return PrintJob.objects.get(order=order, copy=copy)


NOT_PRINTED = (False, NotYet("gone"))
LOST_REPLY = (True, UnknownOutcome("no answer"))
LOST_REQUEST = (False, UnknownOutcome("no answer"))


def test_what_certainly_was_not_printed_is_sent_again(fake, order):
    fake.moods = [NOT_PRINTED, NOT_PRINTED]
    assert deliver(order).state == "waiting"
    assert job_of(order).state == "claimed"
    assert deliver(order).state == "waiting"
    assert deliver(order).state == "done"
    assert len(fake.sheets) == 1


def test_a_printer_in_trouble_does_not_open_the_breaker(fake, printer, settings):
    orders = [new_order(f"AAAA-0000-1{n:03}") for n in range(settings.BREAKER_FAILURES + 2)]
    fake.moods = [NOT_PRINTED] * len(orders)
    for order in orders:
        deliver(order)
    assert not Destination.objects.filter(open_until__isnull=False).exists()


def test_a_lost_reply_is_looked_up_and_adopted(fake, order):
    fake.moods = [LOST_REPLY]
    assert deliver(order).state == "waiting"
    assert job_of(order).state == "unknown"
    assert deliver(order).state == "done"
    assert fake.sheets == [job_of(order).name]


def test_not_found_asks_a_person_where_the_queue_may_forget(fake, order):
    fake.moods = [LOST_REQUEST]
    deliver(order)
    step = deliver(order)
    assert (step.state, job_of(order).state) == ("parked", "unknown")
    assert "Look whether it is there" in step.next_action
    assert fake.sheets == []


def test_not_found_is_sent_again_where_the_queue_remembers(fake, order, printer):
    Printer.objects.update(keeps_history=True)
    fake.moods = [LOST_REQUEST]
    deliver(order)
    deliver(order)
    assert fake.sheets == [job_of(order).name]


def test_a_person_who_finds_it_ends_the_step(fake, order):
    fake.moods, fake.forgets = [LOST_REPLY], True
    deliver(order)
    deliver(order)
    jobs.answer(job_of(order), there=True, answered_by="ana")
    assert deliver(order).state == "done"
    assert len(fake.sheets) == 1
    assert (job_of(order).state, job_of(order).answered_by) == ("done", "ana")


def test_a_person_who_does_not_find_it_gets_a_marked_copy(fake, order):
    fake.moods = [LOST_REQUEST]
    deliver(order)
    deliver(order)
    jobs.answer(job_of(order), there=False, answered_by="ana")
    assert deliver(order).state == "done"
    assert fake.sheets == [f"{order.number}/r1/c2"]
    assert job_of(order).state == "failed"


def test_the_question_is_answered_once(fake, order):
    fake.moods = [LOST_REQUEST]
    deliver(order)
    deliver(order)
    job = job_of(order)
    jobs.answer(job, there=False, answered_by="ana")
    with pytest.raises(ValueError, match="answered already"):
        jobs.answer(PrintJob.objects.get(pk=job.pk), there=True, answered_by="bob")
    with pytest.raises(ValueError, match="answered already"):
        jobs.answer(job_of(order), there=False, answered_by="bob")
    assert PrintJob.objects.filter(order=order).count() == 2


def test_a_worker_that_died_while_sending_is_waited_for_then_looked_up(fake, order, settings):
    deliver(order)
    PrintJob.objects.update(state="sending", job_id="", sent_at=timezone.now())
    Step.objects.update(state="queued")
    step = deliver(order)
    assert (step.state, step.reason) == ("waiting", "It may still be being sent.")
    assert step.due_at > timezone.now() + settings.STEP_TIME_LIMIT - timedelta(seconds=5)
    PrintJob.objects.update(sent_at=timezone.now() - settings.STEP_TIME_LIMIT)
    assert deliver(order).state == "done"
    assert len(fake.sheets) == 1


def test_only_one_of_two_workers_sends_a_new_job(fake, order):
    first, second = jobs.current_job(order), jobs.new_job(order)
    jobs.send(first)
    with pytest.raises(NotYet, match="Another worker"):
        jobs.send(second)
    assert fake.sheets == [first.name]
    assert job_of(order).state == "accepted"


def test_only_one_of_two_workers_sends_a_job_again(fake, order):
    fake.moods = [NOT_PRINTED]
    deliver(order)
    first, second = jobs.current_job(order), jobs.current_job(order)
    assert first == second
    jobs.send(first)
    with pytest.raises(NotYet, match="Another worker"):
        jobs.send(second)
    assert fake.sheets == [first.name]


def test_sending_is_on_record_before_the_first_byte_leaves(fake, order, monkeypatch):
    seen = []
    monkeypatch.setattr(fake, "send", lambda name, document: seen.append(job_of(order).state) or "1")
    deliver(order)
    assert seen == ["sending"]


def test_a_document_the_printer_refuses_is_for_a_person(fake, order):
    fake.moods = [(False, Permanent("refused", next_action="look"))]
    assert deliver(order).state == "parked"
    assert job_of(order).state == "failed"


def test_a_failed_slip_sent_again_is_a_new_copy(fake, order):
    fake.moods = [(False, Permanent("refused", next_action="look"))]
    deliver(order)
    Step.objects.update(state="queued")
    assert deliver(order).state == "done"
    assert fake.sheets == [f"{order.number}/r1/c2"]


def test_a_reprint_is_the_next_copy(fake, order):
    deliver(order)
    jobs.reprint(job_of(order), requested_by="ana")
    deliver(order)
    assert fake.sheets == [f"{order.number}/r1/c1", f"{order.number}/r1/c2"]
    assert job_of(order, 2).requested_by == "ana"


def test_what_is_not_printed_yet_or_cancelled_is_not_reprinted(fake, order):
    fake.moods = [NOT_PRINTED]
    deliver(order)
    with pytest.raises(ValueError, match="nothing to print again yet"):
        jobs.reprint(job_of(order), requested_by="ana")
    deliver(order)
    Order.objects.update(status="cancelled")
    with pytest.raises(ValueError, match="cancelled"):
        jobs.reprint(job_of(order), requested_by="ana")


def test_new_slips_are_shared_out_and_stay_where_they_are(fake, printer):
    Printer.objects.create(name="Two", url="ipp://two/p")
    Printer.objects.create(name="Off", url="ipp://off/p", active=False)
    orders = [new_order(f"AAAA-0000-2{n:03}") for n in range(4)]
    for order in orders:
        deliver(order)
    assert {job_of(order).printer.name for order in orders} == {"One", "Two"}


def test_without_printers_the_configured_one_takes_all(fake, settings):
    settings.PRINTER = replace(settings.PRINTER, url="ipp://configured/p")
    order = new_order("AAAA-0000-3000")
    deliver(order)
    deliver(order)
    assert job_of(order).printer.url == "ipp://configured/p"
    settings.PRINTER = replace(settings.PRINTER, url="ipp://another/p")
    assert jobs.configured_printer().url == "ipp://another/p"


def test_the_fallback_takes_what_was_not_sent_and_nothing_else(fake, printer, order):
    printer.fallback = Printer.objects.create(name="Two", url="ipp://two/p", takes_slips=False)
    printer.save()
    fake.moods = [LOST_REQUEST]
    deliver(order)
    Printer.objects.filter(name="One").update(holding=True)
    assert deliver(order).state == "parked"  # unknown: nobody else may print it
    other = new_order("AAAA-0000-4000")
    deliver(other)
    assert job_of(other).printer.name == "Two"
    assert job_of(order).printer.name == "One"


def test_a_printer_that_is_well_again_releases_its_own_slips_only(fake, printer, order):
    fake.moods = [NOT_PRINTED]
    deliver(order)
    Step.objects.filter(order=order).update(due_at=timezone.now() + timedelta(hours=1))
    fake.state = Status("stopped", holding=True)
    watch.poll(printer)
    assert Step.objects.get(order=order).due_at > timezone.now()
    fake.state = Status("ready")
    watch.poll(printer)
    assert Step.objects.get(order=order).due_at <= timezone.now()


def test_polling_records_what_became_of_a_job(fake, printer, order):
    deliver(order)
    watch.poll(printer)
    printer.refresh_from_db()
    assert printer.oldest_job_at == job_of(order).accepted_at
    fake.fates["1"] = JobStatus(done=True)
    watch.poll(printer)
    assert job_of(order).state == "done"


@pytest.mark.parametrize("fate", [JobStatus(failed=True, reason="gave up"), JobStatus(forgotten=True, reason="forgot")])
def test_a_slip_that_did_not_come_out_warns_on_the_step(fake, printer, order, fate):
    deliver(order)
    fake.fates["1"] = fate
    watch.poll(printer)
    assert job_of(order).state == ("failed" if fate.failed else "unknown")
    assert fate.reason in Step.objects.get(order=order).warning


def test_completed_with_a_lost_history_asks_to_check_the_paper(fake, printer, order):
    deliver(order)
    fake.fates["1"], fake.state = JobStatus(done=True), Status("ready", lost_history=True)
    watch.poll(printer)
    printer.refresh_from_db()
    assert (job_of(order).state, printer.check_paper) == ("unknown", True)


def test_a_history_lost_while_the_jobs_are_asked_for_is_not_missed(fake, printer, order, monkeypatch):
    deliver(order)

    def printed_meanwhile(ids):
        fake.state = Status("ready", lost_history=True)
        return {job: JobStatus(done=True) for job in ids}

    monkeypatch.setattr(fake, "jobs", printed_meanwhile)
    watch.poll(printer)
    assert job_of(order).state == "unknown"


def test_an_order_that_is_late_is_told_even_if_the_printer_says_nothing(printer):
    printer.oldest_job_at = timezone.now() - timedelta(minutes=7)
    assert "waiting for 7 minutes" in printer.waiting_since
    printer.oldest_job_at = timezone.now()
    assert printer.waiting_since == ""


def test_two_workers_do_not_poll_the_same_printer_in_one_interval(fake, printer, monkeypatch):
    polled = []
    monkeypatch.setattr(watch, "poll", polled.append)
    watch.watch()
    watch.watch()
    assert len(polled) == 1


def test_a_lost_reply_is_an_unknown_attempt(fake, order):
    fake.moods = [LOST_REPLY]
    deliver(order)
    assert Attempt.objects.get().outcome == "unknown"


def test_a_slip_that_was_claimed_before_goes_to_the_fallback_too(fake, printer, order):
    fake.moods = [NOT_PRINTED]
    deliver(order)
    printer.fallback = Printer.objects.create(name="Two", url="ipp://two/p", takes_slips=False)
    printer.holding = True
    printer.save()
    assert deliver(order).state == "done"
    assert job_of(order).printer.name == "Two"
