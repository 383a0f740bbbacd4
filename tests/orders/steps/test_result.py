"""What a result leaves on the rows: all of it or nothing, nothing of an earlier failure, nothing too long."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError

from orders.models import Destination, Product, Step
from orders.steps import Claim, Done, Permanent, circuit_breaker, run_step
from tests.orders.steps.breaker import busy, well

Again = Callable[[], Step]
FAILED = {"failures": 7, "reason": "SAP is slow.", "next_action": "Look."}


def test_a_done_step_has_nothing_left_of_why_it_did_not_work(step: Step, again: Again) -> None:
    Step.objects.filter(pk=step.pk).update(**FAILED)
    run_step(step.order_id, "sap", well)
    assert (again().state, again().failures, again().reason, again().next_action) == ("done", 0, "", "")


def test_a_waiting_step_asks_nobody_to_do_anything(step: Step, again: Again) -> None:
    Step.objects.filter(pk=step.pk).update(**FAILED)
    run_step(step.order_id, "sap", busy)
    assert (again().state, again().failures, again().reason, again().next_action) == ("waiting", 8, "SAP is busy.", "")


def test_a_result_that_is_too_long_is_cut(step: Step, again: Again) -> None:
    result = Done(reference="r" * 9_000, answer="a" * 9_000, code="c" * 9_000, warning="w" * 9_000)
    assert run_step(step.order_id, "sap", lambda claim: result)
    assert (again().reference, again().warning) == ("r" * 200, "w" * 500)
    attempt = step.attempt_log.get()
    assert (attempt.code, attempt.answer) == ("c" * 64, "a" * 4_000)


def test_a_failure_that_is_too_long_is_cut(step: Step, again: Again) -> None:
    def fail(claim: Claim) -> Done:
        raise Permanent("r" * 9_000, next_action="n" * 9_000, code="c" * 9_000, answer="a" * 9_000)

    run_step(step.order_id, "sap", fail)
    assert (again().reason, again().next_action) == ("r" * 500, "n" * 500)
    attempt = step.attempt_log.get()
    assert (attempt.code, attempt.answer) == ("c" * 64, "a" * 4_000)


def test_a_step_is_not_done_if_its_circuit_breaker_could_not_be_closed(
    step: Step, again: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(step: Step) -> None:
        raise IntegrityError

    Destination.objects.create(name="sap", failures=1)
    monkeypatch.setattr(circuit_breaker, "succeeded", refuse)
    with pytest.raises(IntegrityError):
        run_step(step.order_id, "sap", well)
    assert again().state == "running"
    assert not step.attempt_log.exists()


@pytest.mark.parametrize("troubled", [False, True])
def test_what_belongs_to_the_step_is_saved_in_the_same_transaction(step: Step, again: Again, troubled: bool) -> None:
    if troubled:
        Destination.objects.create(name="sap", failures=1)
    run_step(step.order_id, "sap", lambda claim: Done(also=Product(sku="ALSO", name="Also", price=1)))
    assert again().state == "done"
    assert Product.objects.get(sku="ALSO").name == "Also"


def test_what_belongs_to_the_step_and_is_there_already_stays_as_it_was(step: Step, again: Again) -> None:
    Product.objects.create(sku="ALSO", name="First", price=1)
    run_step(step.order_id, "sap", lambda claim: Done(also=Product(sku="ALSO", name="Second", price=1)))
    assert again().state == "done"
    assert Product.objects.get(sku="ALSO").name == "First"


@pytest.mark.django_db(transaction=True)
def test_what_belongs_to_the_step_and_can_not_be_saved_leaves_it_running(step: Step, again: Again) -> None:
    with pytest.raises(IntegrityError):
        run_step(step.order_id, "sap", lambda claim: Done(also=Product(sku="ALSO", name="Also", price=-1)))
    assert again().state == "running"  # Neither is recorded; the lease brings it back.
    assert not step.attempt_log.exists()


def test_what_belongs_to_a_step_that_was_lost_to_another_worker_is_not_saved(step: Step) -> None:
    def slow(claim: Claim) -> Done:
        Step.objects.filter(pk=step.pk).update(token="11111111-1111-1111-1111-111111111111")
        return Done(also=Product(sku="ALSO", name="Also", price=1))

    assert run_step(step.order_id, "sap", slow) is False
    assert not Product.objects.filter(sku="ALSO").exists()
