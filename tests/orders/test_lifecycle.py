"""What can be done with orders."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone

from orders import lifecycle, placing
from orders.errors import NotCancellable, UnknownProducts
from orders.models import Attempt, Order, Product, Step
from orders.request import MAX_ID
from orders.steps import Claim, Done, claim_step, run_step, settling, transitions


def test_an_order_keeps_name_and_price_as_sold(order: Order, products: list[Product]) -> None:
    Product.objects.update(name="Renamed", price=99)
    first, second = order.lines.all()
    assert (first.name, first.price, first.quantity) == ("Product 1", Decimal("1.50"), 1)
    assert (second.name, second.price, second.quantity) == ("Product 2", Decimal("2.50"), 2)
    assert order.total == Decimal("6.50")


def test_an_order_gets_one_step_per_destination(order: Order) -> None:
    assert sorted(order.steps.values_list("name", flat=True)) == sorted(settings.ENABLED_STEPS)


def test_unknown_and_inactive_products_are_named_and_nothing_is_saved(products: list[Product]) -> None:
    Product.objects.filter(pk=products[1].pk).update(active=False)
    with pytest.raises(UnknownProducts) as caught:
        placing.place_order(customer_name="Олег", quantities={products[0].pk: 1, products[1].pk: 1, MAX_ID: 1})
    assert caught.value.products == [products[1].pk, MAX_ID]
    assert not Order.objects.exists()


def test_an_order_is_settled_once(order: Order) -> None:
    assert settling.settle(order.pk) is False
    order.steps.update(state=Step.State.DONE)
    assert settling.settle(order.pk) is True
    order.refresh_from_db()
    assert order.status == "processed"
    settled_at = order.settled_at
    assert settling.settle(order.pk) is False
    order.refresh_from_db()
    assert order.settled_at == settled_at


@pytest.mark.parametrize("status", ["packed", "shipped", "cancelled"])
def test_settling_tells_when_and_leaves_a_later_status_alone(order: Order, status: str) -> None:
    order.steps.update(state=Step.State.DONE)
    Order.objects.update(status=status)
    assert settling.settle(order.pk) is True
    order.refresh_from_db()
    assert (order.status, order.settled_at is not None) == (status, True)
    assert settling.settle(order.pk) is False


@pytest.mark.parametrize(("status", "settled"), [("packed", True), ("shipped", True), ("cancelled", False)])
def test_the_sweeper_settles_what_was_packed_meanwhile(order: Order, status: str, settled: bool) -> None:
    order.steps.update(state=Step.State.DONE, finished_at=timezone.now() - settings.STEP_GRACE * 2)
    Order.objects.update(status=status)
    settling.settle_complete()
    order.refresh_from_db()
    assert (order.status, order.settled_at is not None) == (status, settled)


OUT = {"sap": "parked", "marketing": "waiting", "printing": "done"}


@pytest.mark.parametrize(
    ("states", "status", "packed"),
    [
        (OUT, "received", True),
        (OUT | {"printing": "queued"}, "received", False),
        (OUT | {"printing": "waiting"}, "received", False),
        (OUT | {"printing": "parked"}, "received", False),
        (OUT | {"printing": "queued"}, "processed", False),  # It is printed once more.
        (dict.fromkeys(OUT, "done"), "processed", True),
        (OUT, "packed", False),
        (OUT, "shipped", False),
        (OUT, "cancelled", False),
    ],
)
def test_an_order_is_packed_as_soon_as_its_slip_is_out(
    order: Order, states: dict[str, str], status: str, packed: bool
) -> None:
    for name, state in states.items():
        order.steps.filter(name=name).update(state=state)
    Order.objects.update(status=status, settled_at=timezone.now() if status == "processed" else None)
    assert lifecycle.pack(Order.objects.all(), by="wim") == ([order.pk] if packed else [])
    order.refresh_from_db()
    assert order.status == ("packed" if packed else status)


def test_an_order_without_a_slip_waits_for_none(order: Order) -> None:
    order.steps.filter(name="printing").delete()
    assert lifecycle.pack(Order.objects.all(), by="wim") == [order.pk]


def test_a_packed_order_is_shipped_though_sap_does_not_have_it_yet(order: Order) -> None:
    Order.objects.update(status="packed")
    assert lifecycle.ship(Order.objects.all(), by="wim") == [order.pk]
    for name in OUT:  # What is still open happens all the same.
        assert run_step(order.pk, name, lambda claim: Done())
    order.refresh_from_db()
    assert (order.status, order.settled_at is not None) == ("shipped", True)


def test_a_packed_order_can_not_be_cancelled(order: Order) -> None:
    order.steps.filter(name="printing").update(state=Step.State.DONE)
    lifecycle.pack(Order.objects.all(), by="wim")
    with pytest.raises(NotCancellable, match=f"{order.number} is already packed"):
        lifecycle.cancel_order(order.pk, by="anna")
    order.refresh_from_db()
    assert order.status == "packed"
    assert set(order.steps.values_list("state", flat=True)) == {"queued", "done"}


def test_cancelling_stops_what_has_not_run_and_names_what_has(order: Order) -> None:
    run_step(order.pk, "sap", lambda claim: Done())
    Attempt.objects.create(
        step=order.steps.get(name="printing"), number=1, started_at=order.created_at, outcome=Attempt.Outcome.UNKNOWN
    )
    ran = lifecycle.cancel_order(order.pk, by="anna")
    assert sorted(step.name for step in ran) == ["printing", "sap"]
    assert dict(order.steps.values_list("name", "state")) == {
        "sap": "done",
        "marketing": "cancelled",
        "printing": "cancelled",
        "sap_cancel": "queued",
    }
    order.refresh_from_db()
    assert (order.status, order.cancelled_at is not None) == ("cancelled", True)


@pytest.mark.parametrize(
    ("state", "after"), [("queued", "cancelled"), ("waiting", "cancelled"), ("parked", "cancelled"), ("done", "done")]
)
def test_whatever_a_step_waits_for_its_order_can_be_cancelled(order: Order, state: str, after: str) -> None:
    order.steps.filter(name="marketing").update(state=state)
    lifecycle.cancel_order(order.pk, by="anna")
    assert order.steps.get(name="marketing").state == after


def test_cancelling_twice_gives_the_same_answer(order: Order) -> None:
    run_step(order.pk, "sap", lambda claim: Done())
    first = lifecycle.cancel_order(order.pk, by="anna")
    assert lifecycle.cancel_order(order.pk, by="ben") == first


def test_a_step_that_fails_after_the_cancellation_is_not_tried_again(order: Order) -> None:
    def cancelled_meanwhile(claim: Claim) -> Done:
        lifecycle.cancel_order(order.pk, by="anna")
        raise ValueError

    run_step(order.pk, "sap", cancelled_meanwhile)
    Step.objects.filter(order=order, name="sap").update(state=Step.State.QUEUED)  # As the sweeper makes it when due.
    assert claim_step(order.pk, "sap") is None
    assert order.steps.get(name="sap").state == "cancelled"


def test_a_cancelled_order_is_never_settled(order: Order) -> None:
    for name in settings.ENABLED_STEPS:
        run_step(order.pk, name, lambda claim: Done())
    lifecycle.cancel_order(order.pk, by="anna")
    assert settling.settle(order.pk) is False


def test_a_shipped_order_can_not_be_cancelled(order: Order) -> None:
    order.steps.update(state=Step.State.DONE)
    settling.settle(order.pk)
    Order.objects.update(status=Order.Status.SHIPPED)
    with pytest.raises(NotCancellable, match=order.number):
        lifecycle.cancel_order(order.pk, by="anna")


def test_parked_and_waiting_steps_are_sent_again_done_ones_are_not(order: Order) -> None:
    states = {"sap": Step.State.PARKED, "marketing": Step.State.WAITING, "printing": Step.State.DONE}
    for name, state in states.items():
        order.steps.filter(name=name).update(state=state, failures=9, reason="old")
    assert transitions.resend(order.steps.all(), by="anna") == 2
    assert dict(order.steps.values_list("name", "state")) == {
        "sap": "queued",
        "marketing": "queued",
        "printing": "done",
    }
    assert order.steps.get(name="sap").failures == 0
    assert order.steps.get(name="sap").reason == ""


def test_steps_of_a_cancelled_order_are_not_sent_again(order: Order) -> None:
    order.steps.update(state=Step.State.PARKED)
    Order.objects.update(status=Order.Status.CANCELLED)
    assert transitions.resend(order.steps.all(), by="anna") == 0
