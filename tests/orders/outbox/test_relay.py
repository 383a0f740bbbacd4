"""Every gap between rows and messages is closed, and no gap is closed twice."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from orders import placing
from orders.database.clock import from_now
from orders.messaging.connection import Refused
from orders.models import Attempt, Order, Product, Step
from orders.outbox import relay
from orders.steps import Done, claim_step, destinations, run_step, settling, transitions
from tests.orders.conftest import Broker

PAST = timedelta(seconds=1)


def make_due(step: Step) -> None:
    Step.objects.filter(pk=step.pk).update(due_at=timezone.now() - PAST)


def test_a_step_that_was_just_dispatched_is_left_to_its_message(step: Step, broker: Broker) -> None:
    relay.sweep()
    assert broker.steps == []


def test_a_step_nobody_picked_up_is_published_again_but_not_at_every_tick(step: Step, broker: Broker) -> None:
    make_due(step)
    relay.sweep()
    relay.sweep()
    assert broker.steps == [(step.order_id, "sap")]
    step.refresh_from_db()
    assert step.due_at > timezone.now() + settings.STEP_GRACE - PAST


def test_a_waiting_step_that_is_due_can_be_claimed_again(step: Step, broker: Broker) -> None:
    Step.objects.filter(pk=step.pk).update(state=Step.State.WAITING)
    make_due(step)
    assert claim_step(step.order_id, "sap") is None
    relay.sweep()
    assert broker.steps == [(step.order_id, "sap")]
    assert claim_step(step.order_id, "sap") is not None


def test_a_lost_worker_is_remembered_and_the_step_runs_again(step: Step, broker: Broker) -> None:
    assert claim_step(step.order_id, "sap")
    make_due(step)
    relay.sweep()
    assert broker.steps == [(step.order_id, "sap")]
    assert step.attempt_log.get().outcome == Attempt.Outcome.LOST
    run_step(step.order_id, "sap", lambda claim: Done(reference="second"))
    step.refresh_from_db()
    assert (step.state, step.attempts) == ("done", 2)


def test_a_running_step_keeps_its_lease(step: Step, broker: Broker) -> None:
    assert claim_step(step.order_id, "sap")
    relay.sweep()
    step.refresh_from_db()
    assert step.state == "running"


def test_a_step_that_kills_its_worker_again_and_again_is_parked(step: Step, broker: Broker) -> None:
    for _ in range(transitions.LOST_WORKERS):
        assert claim_step(step.order_id, "sap")
        make_due(step)
        relay.sweep()
    step.refresh_from_db()
    assert step.state == "parked"
    assert "died 3 times" in step.reason
    assert step.next_action


def test_lost_workers_between_other_failures_do_not_park(step: Step, broker: Broker) -> None:
    for number, outcome in enumerate(["lost", "lost", "temporary", "lost"], start=1):
        Attempt.objects.create(step=step, number=number, started_at=timezone.now(), outcome=outcome)
    Step.objects.filter(pk=step.pk).update(attempts=4)
    assert claim_step(step.order_id, "sap")
    make_due(step)
    relay.sweep()
    step.refresh_from_db()
    assert step.state == "queued"


def status(order: Order) -> str:
    order.refresh_from_db()
    return order.status


def test_a_complete_order_nobody_settled_is_settled(order: Order, broker: Broker) -> None:
    order.steps.update(state=Step.State.DONE, finished_at=timezone.now() - settings.STEP_GRACE * 2)
    settling.settle_complete()
    assert status(order) == "processed"


def test_an_order_whose_last_step_just_ended_is_left_to_its_chord(order: Order, broker: Broker) -> None:
    order.steps.update(state=Step.State.DONE, finished_at=timezone.now())
    settling.settle_complete()
    assert status(order) == "received"


@pytest.mark.parametrize("part", [0, 1])
def test_of_many_open_orders_a_part_is_looked_at_each_time(
    products: list[Product], monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    orders = [placing.place_order(customer_name=f"{n}", quantities={products[0].pk: 1}) for n in range(5)]
    Step.objects.update(state=Step.State.DONE, finished_at=timezone.now() - settings.STEP_GRACE * 2)
    monkeypatch.setattr(settling, "ORDERS_A_LOOK", 3)
    monkeypatch.setattr(settling.secrets, "randbelow", lambda parts: {2: part, 1: 0}[parts])
    settling.settle_complete()
    assert [status(order) == "processed" for order in orders] == [[True] * 3 + [False] * 2, [False] * 3 + [True] * 2][
        part
    ]
    settling.settle_complete()
    assert {status(order) for order in orders} == {"processed"}


@pytest.mark.parametrize("state", ["queued", "waiting", "parked", "cancelled"])
def test_an_order_with_an_unfinished_step_is_not_settled(order: Order, broker: Broker, state: str) -> None:
    order.steps.update(state=Step.State.DONE, finished_at=timezone.now() - settings.STEP_GRACE * 2)
    order.steps.filter(name="sap").update(state=state)
    settling.settle_complete()
    assert status(order) == "received"
    assert settling.settle(order.pk) is False


def test_a_full_queue_gets_no_copies(step: Step, broker: Broker) -> None:
    make_due(step)
    broker.ready = 1
    relay.sweep()
    assert broker.steps == []
    broker.ready = 0
    relay.sweep()
    assert broker.steps == [(step.order_id, "sap")]


def test_a_queue_that_nobody_consumes_gets_nothing(step: Step, broker: Broker) -> None:
    make_due(step)
    broker.consumed = False
    relay.sweep()
    assert broker.steps == []
    broker.consumed = True
    relay.sweep()
    assert broker.steps == [(step.order_id, "sap")]


def test_a_paused_destination_is_not_published_and_its_neighbours_are(order: Order, broker: Broker) -> None:
    destinations.pause("sap", by="anna")
    for step in order.steps.all():
        make_due(step)
    relay.sweep()
    assert sorted(name for _, name in broker.steps) == ["marketing", "printing"]


def test_a_queue_that_takes_nothing_does_not_hold_up_the_others(
    order: Order, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_sap(name: str, order_ids: Iterable[int]) -> None:
        if name == "sap":
            raise Refused("full")
        broker.steps += [(order_id, name) for order_id in order_ids]

    monkeypatch.setattr(relay, "publish_steps", refuse_sap)
    Step.objects.update(due_at=timezone.now())
    relay.sweep()
    assert {name for _, name in broker.steps} == {"marketing", "printing"}


def test_a_database_that_is_away_ends_the_round_for_all_destinations(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def away(name: str) -> None:
        asked.append(name)
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(relay, "publish_due", away)
    Step.objects.update(due_at=from_now(timedelta(seconds=-1)))
    with pytest.raises(OperationalError):
        relay.sweep()
    assert len(asked) == 1
