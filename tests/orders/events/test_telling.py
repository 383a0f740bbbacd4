"""Each change of an order writes its event, in the transaction of the change, in the order's own sequence."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from orders import lifecycle, placing, telling
from orders.models import Event, Order, Product, Step
from orders.steps import Done, Permanent, Temporary, claims_orm, claims_sql, run_step, settling, transitions
from tests.factories import make_order, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(products: list[Product]) -> Order:
    return placing.place_order(customer_name="Helgi Möller", quantities={products[0].pk: 2})


def told(order: Order) -> list[tuple[int, str, str]]:
    rows = order.events.order_by("pk")
    return [(row.seq, row.type.removeprefix("order."), row.step) for row in rows]


def finish_all(order: Order) -> None:
    for name in order.steps.values_list("name", flat=True):
        run_step(order.pk, name, lambda claim: Done(reference="1"))


def park(order: Order, name: str = "sap") -> None:
    def refuse(claim: object) -> Done:
        raise Permanent("The material is unknown.", next_action="Correct it.")

    run_step(order.pk, name, refuse)


def test_an_order_is_told_from_its_beginning_to_its_end(order: Order) -> None:
    finish_all(order)
    lifecycle.pack(Order.objects.all(), by="anna")
    lifecycle.ship(Order.objects.all(), by="anna")
    assert told(order) == [(1, "received", ""), (2, "processed", ""), (3, "packed", ""), (4, "shipped", "")]
    assert set(Event.objects.values_list("state", flat=True)) == {"open"}
    assert all(abs(timezone.now() - row.at) < timedelta(minutes=1) for row in order.events.all())


def test_an_order_that_is_packed_before_sap_has_it_is_told_as_it_happens(order: Order) -> None:
    run_step(order.pk, "printing", lambda claim: Done(reference="1"))
    lifecycle.pack(Order.objects.all(), by="anna")
    for name in ("sap", "marketing"):
        run_step(order.pk, name, lambda claim: Done(reference="1"))
    assert told(order) == [(1, "received", ""), (2, "packed", ""), (3, "processed", "")]


@pytest.mark.parametrize("way", [claims_orm, claims_sql])
def test_the_last_step_of_an_order_that_was_cancelled_meanwhile_is_no_news(
    order: Order, way: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAP's sales order is there already: undoing it is the last step, and settles the order."""

    def cancelled_meanwhile(claim: object) -> Done:
        lifecycle.cancel_order(order.pk, by="anna")
        return Done(reference="1")

    way = way if connection.vendor == "postgresql" else claims_orm
    for name in ("take", "finish"):
        monkeypatch.setattr(f"orders.steps.run.{name}", getattr(way, name))
    for name in ("printing", "sap"):
        run_step(order.pk, name, lambda claim: Done(reference="1"))
    run_step(order.pk, "marketing", cancelled_meanwhile)
    run_step(order.pk, "sap_cancel", lambda claim: Done(reference="1"))
    order.refresh_from_db()
    assert order.settled_at
    assert told(order) == [(1, "received", ""), (2, "cancelled", "")]
    assert order.last_seq == 2


def test_a_step_that_is_parked_and_sent_again_is_told_and_its_neighbours_are_not(order: Order) -> None:
    park(order)
    transitions.resend(order.steps.all(), by="anna")
    park(order)
    transitions.done_by_hand(order.steps.all(), by="anna")
    assert told(order)[1:] == [
        (2, "step.parked", "sap"),
        (3, "step.resumed", "sap"),
        (4, "step.parked", "sap"),
        (5, "step.resumed", "sap"),
    ]


def test_a_step_that_waits_is_no_news(order: Order) -> None:
    def fail(claim: object) -> Done:
        raise Temporary("busy")

    run_step(order.pk, "sap", fail)
    transitions.resend(order.steps.all(), by="anna")
    assert told(order) == [(1, "received", "")]


def test_two_steps_of_one_order_that_are_resumed_together_get_a_number_each(order: Order) -> None:
    other = placing.place_order(customer_name="Олег", quantities={order.lines.get().product_id: 1})
    for name in ("sap", "marketing"):
        park(order, name)
    park(other)
    transitions.resend(Step.objects.all(), by="anna")
    assert told(order)[3:] == [(4, "step.resumed", "sap"), (5, "step.resumed", "marketing")]
    assert told(other)[2:] == [(3, "step.resumed", "sap")]


def test_a_parked_step_that_has_something_new_to_do_is_told(order: Order) -> None:
    park(order, "printing")
    transitions.run_again(order.pk, "printing")
    assert told(order)[2:] == [(3, "step.resumed", "printing")]
    transitions.run_again(order.pk, "printing")
    assert len(told(order)) == 3


def test_a_step_whose_workers_died_again_and_again_is_told(order: Order) -> None:
    for _ in range(transitions.LOST_WORKERS):
        assert claims_orm.take(order.pk, "sap", uuid.uuid4(), timedelta(seconds=-1))
        transitions.release_lost()
    assert order.steps.get(name="sap").state == "parked"
    assert told(order)[1:] == [(2, "step.parked", "sap")]


def test_a_cancelled_order_is_told_once(order: Order) -> None:
    lifecycle.cancel_order(order.pk, by="anna")
    lifecycle.cancel_order(order.pk, by="anna")
    assert told(order)[1:] == [(2, "cancelled", "")]


def test_an_order_that_the_sweeper_settles_is_told_once(order: Order) -> None:
    order.steps.update(state=Step.State.DONE, finished_at=timezone.now() - timedelta(hours=1))
    settling.settle_complete()
    settling.settle(order.pk)
    assert told(order)[1:] == [(2, "processed", "")]


@pytest.mark.parametrize("way", [claims_orm, claims_sql])
@pytest.mark.parametrize(("state", "expected"), [("done", "processed"), ("parked", "step.parked"), ("waiting", "")])
def test_both_ways_to_record_a_result_tell_the_same(way: object, state: str, expected: str, order: Order) -> None:
    if connection.vendor != "postgresql":
        way = claims_orm
    order.steps.exclude(name="sap").update(state=Step.State.DONE)
    token = uuid.uuid4()
    claim = way.take(order.pk, "sap", token, timedelta(seconds=90))  # type: ignore[attr-defined]
    attempt = {"number": 1, "started_at": timezone.now(), "outcome": "done"}
    if way is claims_sql:
        attempt |= {"code": "", "answer": ""}
    changes = {"token": None, "finished_at": timezone.now(), "state": state}
    finish: Callable[..., bool] = way.finish  # type: ignore[attr-defined]
    assert finish(claim.step, uuid.uuid4(), attempt, changes, None) is False
    assert len(told(order)) == 1
    assert finish(claim.step, token, attempt, changes, None) is True
    assert [kind for _, kind, _ in told(order)[1:]] == ([expected] if expected else [])
    order.refresh_from_db()
    assert order.last_seq == order.events.count()


def test_what_is_taken_back_is_not_told(order: Order) -> None:
    with transaction.atomic():
        lifecycle.cancel_order(order.pk, by="anna")
        transaction.set_rollback(True)
    assert told(order) == [(1, "received", "")]
    finish_all(order)
    assert told(order)[1:] == [(2, "processed", "")]


def test_without_events_nothing_is_written_and_the_count_stays(products: list[Product], settings: Settings) -> None:
    settings.EVENTS = False
    order = placing.place_order(customer_name="Olga", quantities={products[0].pk: 1})
    park(order)
    transitions.resend(order.steps.all(), by="anna")
    finish_all(order)
    lifecycle.cancel_order(order.pk, by="anna")
    assert not Event.objects.exists()
    settings.EVENTS = True
    order.refresh_from_db()
    assert order.last_seq == 0


def test_an_order_of_the_time_before_there_were_events_begins_at_one(db: None) -> None:
    order = make_order()
    finish_all(order)
    assert told(order) == [(1, "processed", "")]


@pytest.mark.usefixtures("on_postgresql")
@pytest.mark.django_db(transaction=True)
def test_changes_at_the_same_moment_leave_no_gap_and_no_number_twice() -> None:
    orders = [make_order([(make_product(), 1)]) for _ in range(3)]
    ids = [order.pk for order in orders]

    def change(turn: int) -> None:
        for _ in range(10):
            several = ids if turn % 2 else ids[::-1]
            telling.tell((pk, Event.Type.RESUMED, "sap") for pk in several)
        connection.close()

    threads = [threading.Thread(target=change, args=[turn]) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for order in orders:
        assert [row.seq for row in order.events.order_by("pk")] == list(range(1, 41))
