"""Changes that tell of themselves lock orders before steps, as `finish` and `cancel_order` do."""

import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from orders import telling
from orders.models import Order, Step
from orders.steps import Done, Permanent, claims, run_step, transitions
from tests.factories import make_order, make_product

pytestmark = [pytest.mark.usefixtures("on_postgresql"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def order() -> Order:
    return make_order([(make_product(), 1)])


@contextmanager
def locked(order: Order) -> Iterator[None]:
    """Somebody else changes the order meanwhile, for ten seconds at most."""
    has_it, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Order.objects.select_for_update().get(pk=order.pk)
            has_it.set()
            may_go.wait(10)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert has_it.wait(10)
    try:
        yield
    finally:
        may_go.set()
        thread.join()


def refuse(claim: object) -> Done:
    raise Permanent("no", next_action="look")


def lose(order: Order) -> None:
    assert claims.take(order.pk, "sap", uuid.uuid4(), timedelta(seconds=-1))


def test_the_sweeper_does_not_wait_for_an_order_while_it_holds_a_step_of_it(order: Order) -> None:
    """Who has the order may be recording that very step's result."""
    for _ in range(transitions.LOST_WORKERS - 1):
        lose(order)
        transitions.release_lost()
    lose(order)
    with locked(order), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
        transitions.release_lost()
        assert order.steps.get(name="sap").state == "running"
        cursor.execute("RESET lock_timeout")
    transitions.release_lost()
    assert order.steps.get(name="sap").state == "parked"
    assert order.steps.get(name="sap").attempt_log.count() == transitions.LOST_WORKERS


@pytest.mark.parametrize(
    "change",
    [
        lambda order: transitions.resend(order.steps.all(), by="anna"),
        lambda order: transitions.done_by_hand(order.steps.all(), by="anna"),
        lambda order: transitions.run_again(order.pk, "sap"),
    ],
    ids=["resend", "done by hand", "run again"],
)
@pytest.mark.parametrize("events", [True, False])
def test_what_staff_do_locks_the_order_then_looks_then_changes(
    events: bool, order: Order, change: Callable[[Order], object], settings: Settings
) -> None:
    """Without events, too: the history's row of a step locks the order as well."""
    settings.EVENTS = events
    run_step(order.pk, "sap", refuse)
    with CaptureQueriesContext(connection) as seen:
        change(order)
    said = [query["sql"] for query in seen.captured_queries]
    locks = next(n for n, sql in enumerate(said) if "orders_order" in sql and "FOR NO KEY UPDATE" in sql)
    looks = max(n for n, sql in enumerate(said) if sql.startswith("SELECT") and "'parked'" in sql)
    steps = next(n for n, sql in enumerate(said) if sql.startswith('UPDATE "orders_step"'))
    assert locks < looks < steps if events else locks < steps
    assert not Step.objects.filter(state="parked").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda: transitions.resend(Step.objects.all(), by="anna"),
        lambda: transitions.done_by_hand(Step.objects.all(), by="anna"),
    ],
    ids=["resend", "done by hand"],
)
def test_a_step_that_is_parked_while_many_are_resumed_is_left_alone(
    change: Callable[[], object], order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its order is not among those that are locked: it would be resumed untold, and locked out of turn."""
    late, locks = make_order([(make_product(), 1)]), telling.lock
    run_step(order.pk, "sap", refuse)

    def lock(orders: Iterable[int]) -> list[int]:
        locked = locks(orders)
        if late.steps.filter(name="sap", state="queued"):
            run_step(late.pk, "sap", refuse)
        return locked

    monkeypatch.setattr(telling, "lock", lock)
    change()
    assert order.steps.get(name="sap").state != "parked"
    assert late.steps.get(name="sap").state == "parked"
    assert [event.type for event in order.events.all()] == ["step.parked", "step.resumed"]
    assert [event.type for event in late.events.all()] == ["step.parked"]
