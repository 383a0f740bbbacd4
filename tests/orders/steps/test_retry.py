"""When a step that failed is tried again."""

from datetime import timedelta

from orders.models import Step
from orders.steps import run_step
from orders.steps.retry import retry_delay
from tests.orders.steps.breaker import busy


def test_retry_after_is_honoured_up_to_a_day() -> None:
    assert retry_delay(1, timedelta(minutes=7)) == timedelta(minutes=7)
    assert retry_delay(1, timedelta(days=400)) == timedelta(days=1)
    assert timedelta(minutes=54) <= retry_delay(10, timedelta(seconds=1)) <= timedelta(minutes=66)


def test_steps_that_failed_together_come_back_spread_over_ten_percent_either_way() -> None:
    seconds = [retry_delay(1).total_seconds() for _ in range(300)]
    assert 9 <= min(seconds) < 9.5
    assert 10.5 < max(seconds) <= 11


def test_retries_go_on_for_three_days_and_then_a_person_must_look(step: Step) -> None:
    total = sum((retry_delay(failures) for failures in range(1, 78)), timedelta(0))
    assert timedelta(days=2.6) < total < timedelta(days=3.4)
    Step.objects.filter(pk=step.pk).update(failures=77)
    run_step(step.order_id, "sap", busy)
    step.refresh_from_db()
    assert (step.state, step.reason) == ("parked", "SAP is busy.")
    assert "send it again" in step.next_action
