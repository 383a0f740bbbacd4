"""The chord's body runs when all rows are done, whatever the messages did."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from django.db import OperationalError, connection

from orders import (
    placing,
    tasks,  # noqa: F401 - the tasks are registered
)
from orders.chord_backend import StepRows
from orders.models import Order, Product
from orders.outbox.publisher import order_template
from orders.steps import Done, run_step, settling


def ends(order: Order, name: str, state: str = "SUCCESS", result: object = None) -> str:
    """A header task whose row was made done by somebody else, as Celery reports its end; the order's status then."""
    order.steps.filter(name=name).update(state="done")
    headers = order_template((name,)).fill_in(order.pk)[0]
    request: Any = SimpleNamespace(chord=json.loads(headers.body)[2]["chord"])
    StepRows(app=current_app).on_chord_part_return(request, state, result)
    order.refresh_from_db()
    return order.status


@pytest.mark.parametrize(
    "sequence", [["sap", "marketing", "printing"], ["sap", "sap", "marketing", "printing"], ["printing", "sap", "sap"]]
)
def test_the_body_settles_when_the_last_step_is_done_and_not_before(order: Order, sequence: list[str]) -> None:
    assert {ends(order, name) for name in sequence[:-1]} == {"received"}
    assert ends(order, sequence[-1]) == ("processed" if len(set(sequence)) == 3 else "received")


def test_a_header_that_failed_settles_nothing(order: Order) -> None:
    assert {ends(order, name, "FAILURE") for name in ("sap", "marketing", "printing")} == {"received"}


@pytest.mark.parametrize("result", [True, False])
def test_what_run_step_has_seen_to_is_not_asked_for_again(
    order: Order, monkeypatch: pytest.MonkeyPatch, result: bool
) -> None:
    monkeypatch.setattr(settling, "settle", lambda order_id: pytest.fail("it was asked for again"))
    for name in ("sap", "marketing", "printing"):
        assert ends(order, name, result=result) == "received"


@pytest.mark.parametrize("again", ["sap", "marketing", "printing"])
def test_steps_that_run_twice_settle_their_order_by_themselves(order: Order, again: str) -> None:
    for name in ("sap", "marketing", "printing"):
        order.refresh_from_db()
        assert order.status == "received"
        assert run_step(order.pk, name, lambda claim: Done())
        if name == again:
            assert not run_step(order.pk, name, lambda claim: pytest.fail("it ran twice"))
    order.refresh_from_db()
    assert order.status == "processed"


def test_a_body_that_is_none_does_not_fail_the_step_either(order: Order, caplog: pytest.LogCaptureFixture) -> None:
    request: Any = SimpleNamespace(chord={"args": [order.pk]})
    StepRows(app=current_app).on_chord_part_return(request, "SUCCESS", None)
    assert "no chord of the desk" in caplog.text


@pytest.mark.parametrize("fault", [OperationalError, ValueError])
def test_a_body_that_fails_does_not_fail_the_step(
    order: Order, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    def settle(order_id: int) -> bool:
        raise fault("away")

    monkeypatch.setattr(settling, "settle", settle)
    for name in ("sap", "marketing", "printing"):
        assert ends(order, name) == "received"
        assert order.steps.get(name=name).state == "done"


@pytest.mark.django_db(transaction=True)
def test_steps_that_end_at_the_same_moment_settle_their_order_without_the_sweeper(products: list[Product]) -> None:
    orders = [placing.place_order(customer_name="Jo", quantities={products[0].pk: 1}) for _ in range(10)]
    names = ["sap", "marketing", "printing"]
    together = threading.Barrier(len(names), timeout=20)

    def worker(name: str) -> None:
        try:
            for order in orders:
                together.wait()
                run_step(order.pk, name, lambda claim: Done())
        finally:
            connection.close()

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(worker, names))
    assert {order.status for order in Order.objects.all()} == {"processed"}


@pytest.mark.parametrize("args", [[], [1]])
def test_a_body_that_names_another_of_the_desks_tasks_is_not_run(
    monkeypatch: pytest.MonkeyPatch, args: list[int]
) -> None:
    name = "orders.tasks.sweep_steps"
    monkeypatch.setattr(current_app.tasks[name], "run", lambda *_: pytest.fail("it was run"))
    request: Any = SimpleNamespace(chord={"task": name, "args": args})
    StepRows(app=current_app).on_chord_part_return(request, "SUCCESS", None)
