"""Who did what, when, to what: a row for each act, in the transaction that makes the change."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Model
from django.utils import timezone

from orders import lifecycle
from orders.messaging import dead_letters
from orders.models import DeadLetter, Deed, Destination, Order, Shipment, Step
from orders.steps import circuit_breaker, destinations, transitions
from printing import reprints
from printing.care import paper_checked
from printing.models import Printer, PrintJob
from tests.factories import make_order

pytestmark = pytest.mark.django_db
Done = tuple[str, str, str, str]  # what, by, model, detail


@pytest.fixture
def ready(order: Order) -> Order:
    """Its slip is out, SAP's step is parked."""
    order.steps.filter(name="printing").update(state="done")
    order.steps.filter(name="sap").update(state="parked", reason="SAP knows no such material.")
    return order


@pytest.fixture
def printer(db: None) -> Printer:
    return Printer.objects.create(name="Gate 3", url="ipp://cups.lan/printers/slips", check_paper=True)


def job(order: Order, printer: Printer, state: str) -> PrintJob:
    return PrintJob.objects.create(order=order, printer=printer, state=state, job_id="7")


def ships(order: Order) -> object:
    Order.objects.update(status="packed")
    return lifecycle.ship(Order.objects.all(), by="wim")


def adds_a_parcel(order: Order) -> object:
    number = order.shipments.count() + 1
    return lifecycle.add_shipment(order.pk, "dhl", f"{order.pk}-{number}", by="wim")


SAP = "SAP knows no such material."
ON_ORDERS: dict[str, tuple[Callable[[Order], object], Done]] = {
    "packing": (lambda order: lifecycle.pack(Order.objects.all(), by="wim"), ("packed", "wim", "order", "")),
    "shipping": (ships, ("shipped", "wim", "order", "")),
    "cancelling": (lambda order: lifecycle.cancel_order(order.pk, by="sara"), ("cancelled", "sara", "order", "")),
    "sending again": (
        lambda order: transitions.resend(order.steps.all(), by="olga"),
        ("sent again", "olga", "step", SAP),
    ),
    "the command": (
        lambda order: call_command("resend", "--order", order.number, "--yes"),
        ("sent again", "manage.py resend", "step", SAP),
    ),
    "by hand": (lambda order: transitions.done_by_hand(order.steps.all(), by="olga"), ("by hand", "olga", "step", SAP)),
}  # fmt: skip


@pytest.mark.parametrize(("act", "done"), ON_ORDERS.values(), ids=ON_ORDERS)
def test_what_is_done_to_an_order_is_kept_with_it(ready: Order, act: Callable[[Order], object], done: Done) -> None:
    act(ready)
    deed = ready.deeds.get()
    assert (deed.what, deed.by, deed.model, deed.detail) == done
    assert ready.number in deed.name
    act(ready)  # Once more: nothing is left to do, and nothing more is told.
    assert ready.deeds.count() == (2 if done[0] == "shipped" else 1)


@pytest.mark.parametrize(
    ("state", "act", "what"),
    [
        ("done", lambda job: reprints.reprint(job, requested_by="wim"), "reprinted"),
        ("unknown", lambda job: reprints.answer(job, there=True, answered_by="wim"), "found"),
        ("unknown", lambda job: reprints.answer(job, there=False, answered_by="wim"), "not found"),
    ],
)
def test_what_is_said_and_asked_about_a_slip_is_kept_with_its_order(
    ready: Order, printer: Printer, state: str, act: Callable[[PrintJob], object], what: str
) -> None:
    slip = job(ready, printer, state)
    act(slip)
    deed = ready.deeds.get()
    assert (deed.what, deed.by, deed.model) == (what, "wim", "printjob")
    assert deed.name == f"{ready.number}/r1/c{2 if what == 'reprinted' else 1}"
    with pytest.raises(ValueError, match=r"still|already"):
        act(slip)
    assert Deed.objects.count() == 1


def test_what_is_done_to_a_destination_is_kept_under_its_name() -> None:
    destinations.pause("sap", by="olga")
    destinations.resume("sap", by="lena")
    Destination.objects.update(open_until="2026-01-01T00:00Z")
    for _ in range(2):  # Each time, nothing is left to do the second time.
        circuit_breaker.close("sap", by="olga")
        destinations.resume("sap", by="lena")
    kept = Deed.objects.filter(model="destination", row="sap").order_by("id").values_list("what", "by")
    assert list(kept) == [("paused", "olga"), ("resumed", "lena"), ("closed", "olga")]


def test_a_deleted_message_leaves_who_deleted_it_and_why_it_was_there() -> None:
    DeadLetter.objects.create(queue="sap", task="some.task", reason="Broken.", body=b"x")
    assert dead_letters.delete(DeadLetter.objects.all(), by="olga") == 1
    deed = Deed.objects.get()
    assert (deed.what, deed.by, deed.name) == ("deleted", "olga", "some.task from sap: Broken.")


def test_a_printer_whose_paper_nobody_asked_for_is_not_told_of(printer: Printer) -> None:
    paper_checked(Printer.objects.all(), by="wim")
    paper_checked(Printer.objects.all(), by="lena")
    assert [deed.by for deed in Deed.objects.all()] == ["wim"]


def states() -> list[Any]:
    """Everything that acts change."""
    models: list[type[Model]] = [Order, Step, Shipment, Destination, DeadLetter, Printer, PrintJob]
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def acts(order: Order, printer: Printer) -> list[Callable[[], object]]:
    parcel = Shipment.objects.create(order=order, carrier="ups", tracking_number="1", created_at=timezone.now())
    slip, unknown = job(order, printer, "done"), job(make_order(), printer, "unknown")
    return [
        *(lambda act=act: act(order) for act, _ in ON_ORDERS.values() if act != ships),
        lambda: lifecycle.ship(Order.objects.all(), by="wim"),
        lambda: adds_a_parcel(order),
        lambda: lifecycle.remove_shipment(order.pk, parcel.pk, by="wim"),
        lambda: reprints.reprint(slip, requested_by="wim"),
        lambda: reprints.answer(unknown, there=True, answered_by="wim"),
        lambda: destinations.pause("marketing", by="olga"),
        lambda: destinations.resume("sap", by="olga"),
        lambda: circuit_breaker.close("sap", by="olga"),
        lambda: dead_letters.delete(DeadLetter.objects.all(), by="olga"),
        lambda: paper_checked(Printer.objects.all(), by="olga"),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_can_not_be_remembered_does_not_happen(
    ready: Order, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    Destination.objects.create(name="sap", paused=True, failures=7, open_until="2026-01-01T00:00Z")
    DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(Deed, "remember", fail)
    make_order(status="packed")
    every = acts(ready, printer)
    before = states()
    for act in every:
        with pytest.raises(RuntimeError, match="no room"):
            act()
        assert states() == before
