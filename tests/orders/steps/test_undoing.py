"""A later step goes to the destination of the step it follows: one pause, one circuit breaker, one count, for each."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from orders import step_names
from orders.models import Destination, Order, Step
from orders.outbox.relay import sweep
from orders.steps import Claim, Done, Temporary, claims_orm, claims_sql, destinations, run, run_step
from shop.staff.front_page import traffic
from tests.factories import make_order
from tests.orders.conftest import Broker

pytestmark = pytest.mark.django_db
DESTINATIONS = ["sap", "marketing", "printing"]
Undo = Callable[[str], Step]


@pytest.fixture(params=DESTINATIONS)
def name(request: pytest.FixtureRequest, settings: Settings) -> str:
    """A destination; each of them has a step that undoes another, and one that follows it at the shipping."""
    later = {step_names.undoing: "CANCEL_STEPS", step_names.on_shipping: "SHIP_STEPS"}
    settings.STEP_TASKS = dict(settings.ENABLED_STEPS)
    for called, table in later.items():
        setattr(settings, table, {called(one): f"later.{one}" for one in DESTINATIONS})
        settings.STEP_TASKS |= getattr(settings, table)
    settings.STEP_QUEUES = {step: step_names.destination_of(step) for step in settings.STEP_TASKS}
    return str(request.param)


@pytest.fixture(params=[("_cancel", "cancelled"), ("_shipped", "shipped")], ids=["cancel", "shipped"])
def undo(request: pytest.FixtureRequest, name: str) -> Step:
    ending, status = request.param
    order = make_order(steps=[f"{name}{ending}"], status=status)
    order.steps.update(due_at=timezone.now())
    return order.steps.get()


@pytest.fixture(params=["orm", "sql"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "sql":
        request.getfixturevalue("on_postgresql")
    monkeypatch.setattr(run, "take", {"orm": claims_orm, "sql": claims_sql}[request.param].take)


def fails(claim: Claim) -> Done:
    raise Temporary("Away.")


@pytest.mark.usefixtures("way")
def test_a_pause_holds_it_and_counts_it(name: str, undo: Step, broker: Broker) -> None:
    destinations.pause(name, by="anna")
    sweep()
    assert broker.steps == []
    assert run_step(undo.order_id, undo.name, lambda claim: pytest.fail("it ran")) is False
    assert destinations.held_steps(name).count() == 1
    destinations.resume(name, by="anna")
    sweep()
    assert broker.steps == [(undo.order_id, undo.name)]
    assert run_step(undo.order_id, undo.name, lambda claim: Done())


def test_a_pause_of_another_destination_does_not_hold_it(name: str, undo: Step) -> None:
    for other in {*DESTINATIONS} - {name}:
        destinations.pause(other, by="anna")
    assert run_step(undo.order_id, undo.name, lambda claim: Done())


@pytest.mark.usefixtures("way")
def test_its_failures_and_those_of_what_it_undoes_open_one_breaker(
    name: str, undo: Step, settings: Settings, broker: Broker
) -> None:
    settings.BREAKER_FAILURES = 2
    order = make_order(steps=[name])
    run_step(order.pk, name, fails)
    run_step(undo.order_id, undo.name, fails)
    breaker = Destination.objects.get()
    assert (breaker.name, breaker.failures, breaker.holds_steps) == (name, 2, True)
    Step.objects.update(state="queued", due_at=timezone.now())
    sweep()
    assert broker.steps == []
    assert run_step(undo.order_id, undo.name, lambda claim: pytest.fail("it ran")) is False


@pytest.mark.usefixtures("way")
def test_it_may_be_the_probe_and_there_is_one(name: str, undo: Step, broker: Broker) -> None:
    now = timezone.now()
    Destination.objects.create(name=name, failures=5, trips=1, open_until=now)
    order = make_order(steps=[name])
    order.steps.update(due_at=now + timedelta(hours=1))
    sweep()
    assert broker.steps == [(undo.order_id, undo.name)]
    assert run_step(order.pk, name, lambda claim: pytest.fail("it ran")) is False
    assert run_step(undo.order_id, undo.name, lambda claim: Done())
    assert not Destination.objects.get().holds_steps


def test_the_front_page_counts_it_with_its_destination(name: str, undo: Step, order: Order) -> None:
    Step.objects.filter(name=name).update(state="parked")
    make_order(steps=[undo.name]).steps.update(state="parked")
    lines = traffic()
    assert list(lines) == DESTINATIONS
    assert (lines[name].parked, lines[name].on_the_way, lines[name].oldest) == (2, 1, undo.order.created_at)
    destinations.pause(name, by="anna")
    assert (traffic()[name].on_the_way, traffic()[name].held_or_waiting) == (0, 1)
