"""The breaker opens after repeated failures, lets one step through, and closes when that one succeeds."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from orders import placing
from orders.models import Destination, Order, Product, Step
from orders.outbox.relay import publish_due
from orders.steps import Claim, Done, LogonRefused, Permanent, Temporary, circuit_breaker, run_step
from tests.orders.conftest import Broker


@pytest.fixture
def steps(products: list[Product]) -> list[Step]:
    """More SAP steps than the breaker needs failures."""
    orders = [
        placing.place_order(customer_name=f"Customer {n}", quantities={products[0].pk: 1})
        for n in range(settings.BREAKER_FAILURES + 2)
    ]
    return [order.steps.get(name="sap") for order in orders]


def busy(claim: Claim) -> Done:
    raise Temporary("SAP is busy.")


def well(claim: Claim) -> Done:
    return Done()


def sap() -> Destination:
    return Destination.objects.get(name="sap")


def open_breaker(steps: list[Step]) -> None:
    for step in steps[: settings.BREAKER_FAILURES]:
        run_step(step.order_id, "sap", busy)


def probe_time() -> None:
    """The delay is over, and every step is due."""
    Destination.objects.update(open_until=timezone.now())
    Step.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_it_stays_closed_before_the_last_failure(steps: list[Step]) -> None:
    for step in steps[: settings.BREAKER_FAILURES - 1]:
        run_step(step.order_id, "sap", busy)
    assert not sap().holds_steps


def test_a_success_forgets_earlier_failures(steps: list[Step]) -> None:
    run_step(steps[0].order_id, "sap", busy)
    run_step(steps[1].order_id, "sap", well)
    assert sap().failures == 0


def test_it_opens_after_repeated_failures_and_holds_the_others(steps: list[Step]) -> None:
    open_breaker(steps)
    assert sap().holds_steps
    assert sap().reason == "SAP is busy."
    run_step(steps[-1].order_id, "sap", well)
    steps[-1].refresh_from_db()
    assert steps[-1].state == "queued"


def test_a_refused_logon_opens_it_at_once(steps: list[Step]) -> None:
    def refuse(claim: Claim) -> Done:
        raise LogonRefused("SAP refuses the password.")

    run_step(steps[0].order_id, "sap", refuse)
    assert sap().holds_steps
    steps[0].refresh_from_db()
    assert steps[0].state == "waiting"


def test_an_answer_that_needs_a_person_does_not_count_against_the_destination(steps: list[Step]) -> None:
    def unknown_material(claim: Claim) -> Done:
        raise Permanent("Unknown material.", next_action="Enter it.")

    for step in steps:
        run_step(step.order_id, "sap", unknown_material)
    assert not Destination.objects.filter(name="sap", failures__gt=0).exists()


def test_nothing_is_published_before_the_delay_is_over(steps: list[Step], broker: Broker) -> None:
    open_breaker(steps)
    Step.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    publish_due("sap")
    assert broker.steps == []


def test_exactly_one_step_probes(steps: list[Step], broker: Broker) -> None:
    open_breaker(steps)
    probe_time()
    publish_due("sap")
    publish_due("sap")
    assert len(broker.steps) == 1
    others = [step for step in steps if step.order_id != broker.steps[0][0]]
    run_step(others[-1].order_id, "sap", well)
    assert sap().holds_steps


def test_a_probe_that_succeeds_closes_it(steps: list[Step], broker: Broker) -> None:
    open_breaker(steps)
    probe_time()
    publish_due("sap")
    run_step(broker.steps[0][0], "sap", well)
    assert (sap().holds_steps, sap().failures, sap().trips) == (False, 0, 0)
    publish_due("sap")
    assert len(broker.steps) == len(steps)


def test_a_probe_that_needs_a_person_closes_it_too(steps: list[Step], broker: Broker) -> None:
    open_breaker(steps)
    probe_time()
    publish_due("sap")

    def unknown_material(claim: Claim) -> Done:
        raise Permanent("Unknown material.", next_action="Enter it.")

    run_step(broker.steps[0][0], "sap", unknown_material)
    assert not sap().holds_steps


def test_a_probe_that_fails_opens_it_for_twice_as_long(steps: list[Step], broker: Broker) -> None:
    open_breaker(steps)
    probe_time()
    publish_due("sap")
    before = timezone.now()
    run_step(broker.steps[0][0], "sap", busy)
    assert settings.BREAKER_DELAY * 1.9 < sap().open_until - before < settings.BREAKER_DELAY * 2.1  # type: ignore[operator]


def test_a_lost_probe_is_followed_by_another(steps: list[Step], broker: Broker) -> None:
    open_breaker(steps)
    probe_time()
    publish_due("sap")
    probe_time()
    publish_due("sap")
    assert len(broker.steps) == 2


def test_staff_can_close_it(steps: list[Step], broker: Broker) -> None:
    open_breaker(steps)
    circuit_breaker.close("sap")
    run_step(steps[-1].order_id, "sap", well)
    assert Order.objects.get(pk=steps[-1].order_id).steps.get(name="sap").state == "done"


@pytest.mark.parametrize(("trips", "minutes"), [(0, 0.5), (1, 1), (4, 8), (5, 10), (29, 10), (30, 10)])
def test_the_delay_doubles_with_each_failed_probe_up_to_ten_minutes(
    steps: list[Step], trips: int, minutes: float
) -> None:
    Destination.objects.create(name="sap", failures=settings.BREAKER_FAILURES, trips=trips)
    before = timezone.now()
    run_step(steps[0].order_id, "sap", busy)
    until = sap().open_until
    assert until
    delay = until - before
    assert timedelta(minutes=minutes) <= delay < timedelta(minutes=minutes, seconds=10)


def test_an_overlong_reason_fits_the_destinations_row(steps: list[Step]) -> None:
    def wordy(claim: Claim) -> Done:
        raise LogonRefused("x" * 9_000)

    run_step(steps[0].order_id, "sap", wordy)
    assert sap().reason == "x" * 500
