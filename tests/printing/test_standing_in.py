"""One printer takes another's slips: each comes out once, or is marked, or stays where it was."""

import pytest

from orders.models import Deed, Order
from orders.steps import NotYet, UnknownOutcome
from printing import polling
from printing.models import Printer, PrintJob
from printing.printers.backend import JobStatus, Status, Withdrawal
from printing.standing_in import Moved, stand_in_for, use_instead
from tests.printing.conftest import Fakes, new_order
from tests.printing.fake_printer import NOT_PRINTED, FakePrinter, deliver, job_of, step_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(printer: Printer) -> Printer:
    return Printer.objects.create(name="Two", url="ipp://two/p", takes_slips=False)


def out_of_paper(printer: Printer, fake: FakePrinter) -> None:
    fake.state = Status("stopped", ["It is out of paper."], blocked=True)
    polling.poll(printer)


def sent_to(fakes: Fakes, printer: Printer) -> list[str]:
    return fakes(printer.url).sheets


def test_what_waits_at_a_printer_without_paper_comes_out_of_the_other_one_unmarked(
    fakes: Fakes, fake: FakePrinter, printer: Printer, other: Printer, order: Order
) -> None:
    deliver(order)
    out_of_paper(printer, fake)
    assert use_instead(printer, other, by="wim") == Moved(moved=1)
    assert (fake.withdrawn, job_of(order).state, job_of(order).job_id) == (["1"], "claimed", "")
    deliver(order)
    assert sent_to(fakes, other) == [f"{order.number}/r1/c1"]
    assert (job_of(order).printer, job_of(order).state) == (other, "accepted")
    assert step_of(order).state == "done"


def test_what_was_never_sent_goes_over_without_asking_the_printer(
    fakes: Fakes, fake: FakePrinter, printer: Printer, other: Printer, order: Order
) -> None:
    fake.moods = [NOT_PRINTED]
    deliver(order)
    assert use_instead(printer, other, by="wim") == Moved(moved=1)
    assert fake.withdrawn == []
    deliver(order)
    assert sent_to(fakes, other) == [f"{order.number}/r1/c1"]


def test_what_the_printer_had_begun_comes_as_a_second_copy_that_is_marked(
    fakes: Fakes, fake: FakePrinter, printer: Printer, other: Printer, order: Order
) -> None:
    deliver(order)
    fake.withdrawals = [Withdrawal.PERHAPS]
    assert use_instead(printer, other, by="wim") == Moved(moved=1, copies=1)
    deliver(order)
    assert (job_of(order).state, job_of(order, copy=2).state) == ("failed", "accepted")
    assert sent_to(fakes, other) == [f"{order.number}/r1/c2"]
    assert "may have begun" in job_of(order).reason


@pytest.mark.parametrize("error", [NotYet("It does not let us."), UnknownOutcome("No answer.")])
def test_what_can_not_be_asked_back_stays_and_nobody_asks_for_the_next(
    fakes: Fakes, fake: FakePrinter, printer: Printer, other: Printer, order: Order, error: NotYet
) -> None:
    deliver(order)
    deliver(later := new_order("8K3M-Q9TX-2BDG"))
    fake.withdrawals = [error]
    assert use_instead(printer, other, by="wim") == Moved(stayed=2, why=error.reason)
    assert [job_of(one).state for one in (order, later)] == ["accepted", "accepted"]
    assert fake.withdrawn == []


def test_what_is_printed_meanwhile_stays(fake: FakePrinter, printer: Printer, other: Printer, order: Order) -> None:
    deliver(order)
    fake.withdrawals = [Withdrawal.TOO_LATE]
    assert use_instead(printer, other, by="wim") == Moved(stayed=1)
    assert (job_of(order).printer, job_of(order).state) == (printer, "accepted")


@pytest.mark.parametrize("state", ["unknown", "sending", "done", "failed"])
def test_nothing_else_is_moved(fake: FakePrinter, printer: Printer, other: Printer, order: Order, state: str) -> None:
    deliver(order)
    PrintJob.objects.update(state=state)
    assert use_instead(printer, other, by="wim") == Moved()
    assert (job_of(order).printer, job_of(order).state) == (printer, state)


def test_a_cancelled_orders_slip_is_not_moved(
    fake: FakePrinter, printer: Printer, other: Printer, order: Order
) -> None:
    deliver(order)
    Order.objects.update(status="cancelled")
    assert use_instead(printer, other, by="wim") == Moved()


def test_a_poll_that_came_between_takes_nothing_away(
    fakes: Fakes, fake: FakePrinter, printer: Printer, other: Printer, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It saw a job that somebody cancelled."""
    deliver(order)

    def withdraw(job_id: str, name: str) -> Withdrawal:
        fake.fates[job_id] = JobStatus(failed=True, reason="Somebody cancelled it.")
        polling.poll(Printer.objects.get(pk=printer.pk))
        return Withdrawal.NOT_PRINTED

    monkeypatch.setattr(fake, "withdraw", withdraw)
    assert use_instead(printer, other, by="wim") == Moved(moved=1)
    deliver(order)
    assert sent_to(fakes, other) == [f"{order.number}/r1/c1"]


def test_of_two_who_press_at_once_one_moves_it(
    fakes: Fakes, fake: FakePrinter, printer: Printer, other: Printer, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(order)
    second: list[Moved] = []

    def withdraw(job_id: str, name: str) -> Withdrawal:
        if not second:
            second.append(Moved())
            second[0] = use_instead(printer, other, by="olga")
        return Withdrawal.PERHAPS

    monkeypatch.setattr(fake, "withdraw", withdraw)
    assert use_instead(printer, other, by="wim").moved + second[0].moved == 1
    assert PrintJob.objects.filter(state="claimed").count() == 1


def test_what_comes_goes_to_the_other_until_the_printer_is_well(
    fakes: Fakes, fake: FakePrinter, printer: Printer, other: Printer, order: Order
) -> None:
    out_of_paper(printer, fake)
    use_instead(printer, other, by="wim")
    deliver(order)
    assert job_of(order).printer == other
    fake.state = Status("ready")
    polling.poll(Printer.objects.get(pk=printer.pk))
    deliver(after := new_order("8K3M-Q9TX-2BDG"))
    assert job_of(after).printer == printer
    assert Printer.objects.get(pk=printer.pk).stand_in is None


def test_who_is_in_trouble_himself_takes_nothing(
    fake: FakePrinter, printer: Printer, other: Printer, order: Order
) -> None:
    deliver(order)
    Printer.objects.filter(pk=other.pk).update(blocked=True)
    other.refresh_from_db()
    for one in (other, printer):
        with pytest.raises(ValueError, match="takes nothing now"):
            use_instead(printer, one, by="wim")
    assert fake.withdrawn == []


def test_the_history_says_who_moved_which_slip_where(
    fake: FakePrinter, printer: Printer, other: Printer, order: Order
) -> None:
    deliver(order)
    use_instead(printer, other, by="wim")
    slip, whole = Deed.objects.filter(what="moved").order_by("pk")
    assert (slip.by, slip.name, slip.detail, slip.order) == ("wim", f"{order.number}/r1/c1", "One → Two", order)
    assert (whole.name, whole.detail) == ("One", "1 → Two; stayed: 0")


def test_the_configured_stand_in_comes_first_then_one_that_is_well_with_the_same_paper(printer: Printer) -> None:
    make = Printer.objects.create
    label = make(name="Label", url="ipp://l/p", paper="label-4x6")
    assert stand_in_for(printer, Printer.objects.all()) is None
    make(name="Broken", url="ipp://b/p", blocked=True)
    make(name="Off", url="ipp://o/p", active=False)
    spare = make(name="A spare", url="ipp://s/p", takes_slips=False)
    assert stand_in_for(printer, Printer.objects.all()) == spare
    packing = make(name="Packing", url="ipp://k/p")
    assert stand_in_for(printer, Printer.objects.all()) == packing
    printer.fallback = label
    assert stand_in_for(printer, Printer.objects.all()) == label
    Printer.objects.filter(pk=label.pk).update(blocked=True)
    assert stand_in_for(printer, Printer.objects.all()) == packing
