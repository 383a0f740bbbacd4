"""The database's clock was ahead by an hour or a month, and is right again: what was written goes on, once."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from orders.database.clock import from_now
from orders.models import Attempt, Destination, Order, Step
from orders.outbox import relay
from orders.steps import Claim, ClaimLost, Done, Temporary, claim_step, destinations, run_step, set_back, settling
from orders.tasks import go_on_after_set_back, sweep_steps
from tests.orders.conftest import Broker
from tests.orders.steps.breaker import busy, open_breaker, sap, well
from tests.orders.steps.test_claims import take, way  # noqa: F401 - fixtures

MINUTE, HOUR, MONTH = timedelta(minutes=1), timedelta(hours=1), timedelta(days=30)

Again = Callable[[], Step]


@pytest.fixture(params=[HOUR, MONTH], ids=["an hour", "a month"])
def by(request: pytest.FixtureRequest) -> timedelta:
    given: timedelta = request.param
    return given


def clock_goes_back(by: timedelta) -> None:
    """All that was written until now lies so much further ahead."""
    for model, names in (
        (Step, ("due_at", "started_at", "finished_at")),
        (Attempt, ("started_at",)),
        (Destination, ("open_until", "last_success_at", "paused_at")),
    ):
        model._default_manager.update(**{name: F(name) + by for name in names})


def rounds() -> None:
    """As the workers do them: the sweep far more often."""
    for _ in range(3):
        sweep_steps()
        go_on_after_set_back()
        sweep_steps()


def asks_for_patience(claim: Claim) -> Done:
    raise Temporary("Come back in a week.", retry_after=timedelta(days=7))


def never(claim: Claim) -> Done:
    raise AssertionError("it ran")


@pytest.mark.parametrize("effect", [busy, asks_for_patience])
def test_a_waiting_step_is_tried_now_and_once(
    again: Again, step: Step, broker: Broker, by: timedelta, effect: Callable[[Claim], Done]
) -> None:
    run_step(step.order_id, "sap", effect)
    clock_goes_back(by)
    sweep_steps()
    assert broker.steps == []
    rounds()
    assert broker.steps.count((step.order_id, "sap")) == 1
    assert run_step(step.order_id, "sap", well)
    assert not run_step(step.order_id, "sap", never)
    rounds()
    assert broker.steps.count((step.order_id, "sap")) == 1
    assert (again().state, again().attempts) == ("done", 2)


@pytest.mark.parametrize("effect", [busy, asks_for_patience])
def test_a_waiting_step_that_was_put_off_by_the_clock_as_it_is_is_left_alone(
    again: Again, step: Step, broker: Broker, effect: Callable[[Claim], Done]
) -> None:
    """However late in the plan of three days, and whatever a server asks for."""
    Step.objects.filter(pk=step.pk).update(failures=70)
    run_step(step.order_id, "sap", effect)
    before = again()
    assert before.due_at > timezone.now() + timedelta(minutes=50)
    rounds()
    assert (again().state, again().due_at) == ("waiting", before.due_at)
    assert broker.steps == []


def test_after_it_was_tried_it_waits_as_long_as_it_is_told_to(
    again: Again, step: Step, broker: Broker, by: timedelta
) -> None:
    run_step(step.order_id, "sap", busy)
    clock_goes_back(by)
    rounds()
    run_step(step.order_id, "sap", asks_for_patience)
    due_at = again().due_at
    assert timedelta(hours=23) < due_at - timezone.now() < timedelta(hours=25)
    rounds()
    assert (again().state, again().due_at) == ("waiting", due_at)


def test_a_queued_step_whose_message_was_lost_is_published_again(
    again: Again, step: Step, broker: Broker, by: timedelta
) -> None:
    clock_goes_back(by)
    sweep_steps()
    assert broker.steps == []
    rounds()
    assert broker.steps.count((step.order_id, "sap")) == 1
    assert again().due_at < timezone.now() + settings.STEP_GRACE + MINUTE
    assert run_step(step.order_id, "sap", well)


def test_a_queued_step_that_was_dispatched_just_now_is_left_to_its_message(
    order: Order, broker: Broker, again: Again
) -> None:
    before = again().due_at
    rounds()
    assert (again().due_at, broker.steps) == (before, [])


def test_nor_is_one_with_a_long_grace_time_brought_back(
    step: Step, broker: Broker, again: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "STEP_GRACE", timedelta(minutes=10))
    Step.objects.update(due_at=from_now(settings.STEP_GRACE))
    before = again().due_at
    rounds()
    assert (again().due_at, broker.steps) == (before, [])


def test_a_running_steps_worker_that_is_alive_keeps_it_and_records_its_result(
    again: Again, step: Step, broker: Broker, by: timedelta
) -> None:
    def slow(claim: Claim) -> Done:
        clock_goes_back(by)
        rounds()
        claim.assure()
        now = again()
        assert (now.state, now.token) == ("running", claim.token)
        lease = now.due_at - timezone.now()
        assert settings.STEP_LEASE - MINUTE / 2 < lease <= settings.STEP_LEASE
        return Done(reference="4711")

    assert run_step(step.order_id, "sap", slow)
    assert (again().state, again().reference, again().attempts) == ("done", "4711", 1)
    assert list(step.attempt_log.values_list("outcome", flat=True)) == ["done"]
    rounds()
    assert (step.order_id, "sap") not in broker.steps


def test_a_running_steps_lease_is_renewed_once_and_then_ends_as_any_other(
    again: Again, step: Step, broker: Broker, by: timedelta
) -> None:
    dead = claim_step(step.order_id, "sap")
    assert dead
    clock_goes_back(by)
    rounds()
    renewed = again().due_at
    rounds()
    assert again().due_at == renewed
    Step.objects.filter(pk=step.pk).update(due_at=F("due_at") - settings.STEP_LEASE, started_at=F("started_at") - HOUR)
    rounds()
    assert broker.steps.count((step.order_id, "sap")) == 1
    assert [attempt.outcome for attempt in step.attempt_log.all()] == ["lost"]
    assert step.attempt_log.get().started_at < timezone.now()
    with pytest.raises(ClaimLost):
        dead.assure()
    assert run_step(step.order_id, "sap", well)
    assert (again().state, again().attempts) == ("done", 2)


def test_a_lease_that_was_taken_by_the_clock_as_it_is_is_left_alone(again: Again, step: Step, broker: Broker) -> None:
    assert claim_step(step.order_id, "sap")
    before = again()
    rounds()
    after = again()
    assert (after.due_at, after.started_at, after.token) == (before.due_at, before.started_at, before.token)


def test_a_longer_lease_than_ours_is_left_alone_too(again: Again, step: Step, broker: Broker) -> None:
    """A worker with other settings, in the midst of an update."""
    assert claim_step(step.order_id, "sap")
    Step.objects.filter(pk=step.pk).update(due_at=F("due_at") + timedelta(minutes=28))
    before = again().due_at
    rounds()
    assert again().due_at == before


def test_many_steps_go_on_in_batches_and_the_log_says_so(
    steps: list[Step], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(set_back, "AT_ONCE", 4)
    monkeypatch.setattr(set_back, "MOST_BATCHES", 1)
    clock_goes_back(HOUR)
    ahead = Step.objects.filter(due_at__gt=timezone.now() + MINUTE)
    assert ahead.count() == len(steps) * 3 == 21
    set_back.go_on()
    assert ahead.count() == 9
    set_back.go_on()
    assert ahead.count() == 0
    set_back.go_on()
    assert [record.getMessage() for record in caplog.records if record.name == set_back.log.name] == [
        "the database's clock was set back: 12 steps whose time lay ahead go on now",
        "the database's clock was set back: 9 steps whose time lay ahead go on now",
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_postgresql")
def test_a_step_that_another_transaction_works_on_is_left_to_the_next_round(step: Step, order: Order) -> None:
    clock_goes_back(HOUR)
    ahead = Step.objects.filter(due_at__gt=timezone.now() + MINUTE)
    found: list[str] = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        set_back.go_on()
        found.extend(ahead.values_list("name", flat=True))
        connection.close()

    with transaction.atomic():
        Step.objects.select_for_update().get(pk=step.pk)
        other = threading.Thread(target=look)
        other.start()
        other.join()
    assert found == ["sap"]
    set_back.go_on()
    assert not ahead.exists()


def test_an_open_circuit_breaker_probes_now(steps: list[Step], broker: Broker, by: timedelta) -> None:
    open_breaker(steps)
    clock_goes_back(by)
    rounds()
    assert [name for _, name in broker.steps].count("sap") == 1
    ((order_id, _),) = [one for one in broker.steps if one[1] == "sap"]
    assert run_step(order_id, "sap", well)
    assert not sap().holds_steps


def test_a_circuit_breaker_that_is_open_for_as_long_as_it_can_be_is_left_alone(
    steps: list[Step], broker: Broker
) -> None:
    open_breaker(steps)
    Destination.objects.filter(name="sap").update(open_until=timezone.now() + timedelta(minutes=10))
    Step.objects.update(due_at=timezone.now() - MINUTE)
    relay.publish_due("sap")
    assert broker.steps == []


def test_a_success_is_noted_though_the_last_one_lies_ahead(
    take: Callable[[], Claim],  # noqa: F811
    order: Order,
    by: timedelta,
) -> None:
    destinations.note_success("sap")
    destinations.note_success("marketing")
    clock_goes_back(by)
    assert take().success_due
    assert run_step(order.pk, "marketing", well)
    noted = Destination.objects.get(name="marketing").last_success_at
    assert noted
    assert noted <= timezone.now()


def test_an_order_is_settled_though_its_steps_ended_ahead(order: Order, by: timedelta) -> None:
    order.steps.update(state="done", finished_at=timezone.now() - settings.STEP_GRACE * 2)
    order.steps.filter(name="sap").update(finished_at=timezone.now() + by)
    settling.settle_complete()
    order.refresh_from_db()
    assert order.status == "processed"
