"""Which printer gets the slip."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytest_django import Settings

from orders.models import Order
from orders.steps import NotYet
from printing import choosing, jobs
from printing.models import Printer, PrintJob
from tests.printing.conftest import new_order
from tests.printing.fake_printer import LOST_REQUEST, NOT_PRINTED, FakePrinter, deliver, job_of

pytestmark = pytest.mark.django_db

CONFIGURED = "ipp://configured/p"


@pytest.mark.usefixtures("fake")
def test_new_slips_are_shared_out_and_stay_where_they_are() -> None:
    Printer.objects.create(name="Two", url="ipp://two/p")
    Printer.objects.create(name="Off", url="ipp://off/p", active=False)
    orders = [new_order(f"AAAA-0000-2{n:03}") for n in range(4)]
    for order in orders:
        deliver(order)
    assert {job_of(order).printer.name for order in orders} == {"One", "Two"}


@pytest.mark.usefixtures("fakes")
def test_without_printers_the_configured_one_takes_all(settings: Settings) -> None:
    settings.PRINTER = replace(settings.PRINTER, url=CONFIGURED)
    order = new_order("AAAA-0000-3000")
    deliver(order)
    deliver(order)
    assert job_of(order).printer.url == CONFIGURED
    settings.PRINTER = replace(settings.PRINTER, url="ipp://another/p")
    assert choosing.configured_printer().url == "ipp://another/p"


def names(printers: list[Printer]) -> list[str]:
    return [printer.name for printer in printers]


def check_takers(takers: Callable[[str], list[Printer]]) -> None:
    assert takers(CONFIGURED) == []
    configured = Printer.objects.create(name="Configured", url=CONFIGURED, takes_slips=False)
    assert names(takers(CONFIGURED)) == ["Configured"]
    two = Printer.objects.create(name="Two", url="ipp://two/p")
    Printer.objects.create(name="One", url="ipp://one/p")
    assert names(takers(CONFIGURED)) == ["One", "Two"]
    two.active = False
    two.save()
    assert names(takers(CONFIGURED)) == ["One"]
    configured.takes_slips = True
    configured.save()
    assert takers(CONFIGURED)[0] == configured
    assert takers(CONFIGURED)[0].url == CONFIGURED


def test_the_configured_printer_is_one_of_many_unless_it_is_alone() -> None:
    check_takers(choosing.takers_by_orm)


@pytest.mark.usefixtures("on_postgresql")
def test_the_statement_for_postgresql_finds_the_same_printers() -> None:
    check_takers(choosing.takers_by_sql)


def test_a_name_that_is_taken_makes_way_for_the_address_cut_to_its_column(settings: Settings) -> None:
    Printer.objects.create(name="Printer", url="ipp://one/p")
    settings.PRINTER = replace(settings.PRINTER, url="ipp://" + "x" * 100 + "/p")
    assert choosing.configured_printer().name == settings.PRINTER.url[:60]


def give_fallback(printer: Printer, **fields: bool) -> None:
    printer.fallback = Printer.objects.create(name="Two", url="ipp://two/p", takes_slips=False, **fields)
    printer.save()


def test_the_fallback_takes_what_was_not_sent_and_nothing_else(
    fake: FakePrinter, printer: Printer, order: Order
) -> None:
    give_fallback(printer)
    fake.moods = [LOST_REQUEST]
    deliver(order)
    Printer.objects.filter(name="One").update(blocked=True)
    assert deliver(order).state == "parked"  # unknown: nobody else may print it
    other = new_order("AAAA-0000-4000")
    deliver(other)
    assert job_of(other).printer.name == "Two"
    assert job_of(order).printer.name == "One"


def test_a_slip_that_was_claimed_before_goes_to_the_fallback_too(
    fake: FakePrinter, printer: Printer, order: Order
) -> None:
    fake.moods = [NOT_PRINTED]
    deliver(order)
    give_fallback(printer)
    printer.blocked = True
    printer.save()
    assert deliver(order).state == "done"
    assert job_of(order).printer.name == "Two"


def test_a_slip_that_was_claimed_before_leaves_a_printer_that_is_switched_off(
    fake: FakePrinter, printer: Printer, order: Order
) -> None:
    fake.moods = [NOT_PRINTED]
    deliver(order)
    give_fallback(printer)
    Printer.objects.filter(name="One").update(active=False, blocked=False)
    assert deliver(order).state == "done"
    assert job_of(order).printer.name == "Two"


def test_a_slip_that_another_worker_sends_now_stays_where_it_is(
    fake: FakePrinter, printer: Printer, order: Order
) -> None:
    fake.moods = [NOT_PRINTED]
    deliver(order)
    give_fallback(printer)
    Printer.objects.filter(name="One").update(blocked=True)
    job = jobs.current_job(order)
    PrintJob.objects.update(state="sending")
    with pytest.raises(NotYet, match="Another worker"):
        jobs.send(job, lambda: None)
    assert job_of(order).printer.name == "One"


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("trouble", [{"blocked": True}, {"active": False}])
def test_a_fallback_in_trouble_takes_nothing(printer: Printer, order: Order, trouble: dict[str, bool]) -> None:
    give_fallback(printer, **trouble)
    Printer.objects.filter(name="One").update(blocked=True)
    deliver(order)
    assert job_of(order).printer.name == "One"


def test_a_printer_that_could_not_be_reached_is_blocked_for_the_next_slip(
    fake: FakePrinter, printer: Printer, order: Order
) -> None:
    give_fallback(printer)
    fake.moods = [NOT_PRINTED]
    deliver(new_order("AAAA-0000-5000"))
    deliver(order)
    assert job_of(order).printer.name == "Two"
