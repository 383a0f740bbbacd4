"""The breaker opens after repeated failures, lets one step through, and closes when that one succeeds."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from orders.models import Destination, Order, Step
from orders.outbox.relay import publish_due
from orders.steps import Claim, Done, LogonRefused, Permanent, Temporary, circuit_breaker, run_step
from tests.orders.conftest import Broker
from tests.orders.steps.breaker import busy, open_breaker, sap, well


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


def test_staff_can_close_it(steps: list[Step], broker: Broker) -> None:
    open_breaker(steps)
    circuit_breaker.close("sap", by="anna")
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


def test_a_failure_of_a_step_that_ran_before_it_opened_changes_nothing(steps: list[Step]) -> None:
    found: list[Destination] = []

    def late(claim: Claim) -> Done:
        open_breaker(steps[1:])
        found.append(sap())
        raise Temporary("Too late.")

    run_step(steps[0].order_id, "sap", late)
    (opened,) = found
    assert (opened.trips, opened.reason) == (1, "SAP is busy.")
    assert (sap().trips, sap().reason, sap().open_until) == (1, "SAP is busy.", opened.open_until)


def test_an_overlong_reason_fits_the_destinations_row(steps: list[Step]) -> None:
    def wordy(claim: Claim) -> Done:
        raise LogonRefused("x" * 9_000)

    run_step(steps[0].order_id, "sap", wordy)
    assert sap().reason == "x" * 500
