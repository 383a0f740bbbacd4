"""While the circuit breaker is half-open one step runs: the probe. It closes the breaker, or opens it for longer."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from orders.models import Step
from orders.outbox.relay import publish_due
from orders.steps import Claim, Done, Permanent, run_step
from tests.orders.conftest import Broker
from tests.orders.steps.breaker import busy, open_breaker, probe_time, sap, well


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


def test_the_probe_is_remembered_and_has_the_time_of_a_lease(steps: list[Step], broker: Broker) -> None:
    open_breaker(steps)
    probe_time()
    before = timezone.now()
    publish_due("sap")
    assert broker.steps == [(sap().probe.order_id, "sap")]  # type: ignore[union-attr]
    assert timedelta(seconds=90) <= sap().open_until - before < timedelta(seconds=95)  # type: ignore[operator]


def test_a_probe_that_ended_is_none_any_more_and_a_closed_one_has_no_reason(steps: list[Step], broker: Broker) -> None:
    open_breaker(steps)
    for effect, reason in (busy, "SAP is busy."), (well, ""):
        probe_time()
        publish_due("sap")
        run_step(broker.steps[-1][0], "sap", effect)
        assert (sap().probe, sap().reason) == (None, reason)
