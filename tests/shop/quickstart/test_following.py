"""What keeps an order from its slip is said in words, and as soon as it is known."""

import time
from pathlib import Path

import pytest
from pytest_django import Settings

from orders.models import Destination, Order, Step
from orders.steps import destinations
from shop.quickstart.following import NotDone, steps, wait_for, what_came_out
from shop.quickstart.show import Watch, slip
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def ended(order: Order, *names: str) -> None:
    Step.objects.filter(order=order, name__in=names).update(state=Step.State.DONE, reference="4711")


def why(order: Order, patience: float = 30) -> str:
    """What `wait_for` says; it must not take its whole patience."""
    started = time.monotonic()
    with pytest.raises(NotDone) as caught:
        wait_for(order.number, until=started + patience)
    assert time.monotonic() - started < 10
    return caught.value.message.removeprefix(f"{order.number} ")


def test_a_paused_destination_is_named_at_once() -> None:
    order = make_order()
    ended(order, "marketing", "printing")
    destinations.pause("sap", by="admin")
    assert why(order) == "waits for a person: sap is held: paused by admin"


def test_an_open_circuit_breaker_is_named_at_once() -> None:
    order = make_order()
    ended(order, "sap", "printing")
    reason = "SAP answered 503."
    Destination.objects.create(name="marketing", open_until="2030-01-01T00:00Z", reason=reason)
    assert why(order) == f"waits for a person: marketing is held: its circuit breaker is open ({reason})"


def test_a_parked_step_is_named_with_its_reason() -> None:
    order = make_order()
    ended(order, "sap", "marketing")
    Step.objects.filter(order=order, name="printing").update(state=Step.State.PARKED, reason="Is it there?")
    assert why(order) == "waits for a person: printing is parked: Is it there?"


def test_what_may_still_come_is_waited_for() -> None:
    order = make_order()
    destinations.pause("sap", by="admin")
    assert why(order, patience=0.5).startswith("is not done yet: sap is held: paused by admin; marketing is queued")


def test_an_order_that_was_packed_meanwhile_counts_as_done() -> None:
    order = make_order()
    ended(order, "sap", "marketing", "printing")
    Order.objects.filter(pk=order.pk).update(status=Order.Status.SHIPPED, settled_at="2026-01-01T00:00Z")
    assert len(wait_for(order.number, until=0)) == 3


def test_a_job_at_a_printer_is_shown_as_one() -> None:
    assert what_came_out(Step(name="printing", state="done", reference="job 2 at Packing")) == "job 2 at Packing"


def test_a_slip_that_somebody_took_away_is_said_to_be_gone(tmp_path: Path, settings: Settings) -> None:
    settings.SPOOL_DIR = tmp_path
    step = Step(name="printing", state="done", reference="X.r1.c1.pdf")
    assert what_came_out(step) == f"X.r1.c1.pdf (no longer in {tmp_path}/)"
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "X.r1.c1.pdf").touch()
    assert what_came_out(step) == str(tmp_path / "done" / "X.r1.c1.pdf")


def test_steps_that_are_off_today_are_shown_too(capsys: pytest.CaptureFixture[str]) -> None:
    order = make_order()
    Step.objects.filter(order=order, name="marketing").update(name="retired")
    Step.objects.create(order=order, name="sap_cancel", due_at=order.created_at)
    assert [step.name for step in steps(order.number)] == ["sap", "printing", "sap_cancel", "retired"]
    slip(order.number)
    assert order.number in capsys.readouterr().out


def test_an_order_is_shown_once_it_is_settled_and_once(capsys: pytest.CaptureFixture[str]) -> None:
    before, order = make_order(settled_at="2026-01-01T00:00Z"), make_order()
    watch = Watch()
    watch.look()
    assert capsys.readouterr().out == ""
    Order.objects.filter(pk=order.pk).update(settled_at="2026-01-01T00:00Z")
    watch.look()
    watch.look()
    shown = capsys.readouterr().out
    assert shown.count(order.number) == 1
    assert before.number not in shown
