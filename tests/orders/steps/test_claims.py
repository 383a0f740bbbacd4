"""Taking and giving back a step: PostgreSQL's way and the ORM's, side by side."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.forms.models import model_to_dict
from django.utils import timezone

from orders.database.clock import from_now
from orders.models import Attempt, Destination, Order, OrderLine, Step
from orders.placing import place_order
from orders.steps import Claim, Done, claims_orm, claims_sql, run_step

Way = SimpleNamespace
WAYS = {
    "orm": Way(take=claims_orm.take, holds=claims_orm.holds, finish=claims_orm.finish),
    "sql": Way(take=claims_sql.take, holds=claims_sql.holds, finish=claims_sql.finish),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Any:
    if request.param == "sql" and connection.vendor != "postgresql":
        request.param = "orm"  # Elsewhere there is one way only.
    return WAYS[request.param]


@pytest.fixture
def take(way: Any, order: Order) -> Callable[[], Claim | None]:
    return lambda: way.take(order.pk, "sap", uuid.uuid4(), timedelta(seconds=90))


def attempt(step: Step) -> dict[str, Any]:
    return {"number": step.attempts, "started_at": timezone.now(), "outcome": "done", "code": "201", "answer": "ok"}


def test_a_step_is_taken_once_and_comes_with_its_order(take: Any, order: Order) -> None:
    claim = take()
    step = claim.step
    assert (step.state, step.attempts, claim.destination_failures) == ("running", 1, 0)
    assert step.token is not None
    assert step.due_at - step.started_at == timedelta(seconds=90)
    assert (step.order, step.order.customer_name) == (order, "Helgi Möller")
    assert take() is None


@pytest.mark.parametrize("state", ["running", "waiting", "done", "parked", "cancelled"])
def test_a_step_that_is_not_queued_is_not_taken(take: Any, step: Step, state: str) -> None:
    token = uuid.uuid4() if state == "running" else None
    Step.objects.filter(pk=step.pk).update(state=state, token=token)
    assert take() is None
    step.refresh_from_db()
    assert (step.state, step.attempts) == (state, 0)


@pytest.mark.parametrize(
    ("held", "probing", "taken"),
    [
        ({}, False, True),
        ({"failures": 4}, False, True),
        ({"paused": True}, False, False),
        ({"open_until": True}, False, False),
        ({"open_until": True}, True, True),
        ({"paused": True}, True, False),
        ({"paused": True, "open_until": True}, True, False),
    ],
)
def test_a_held_destination_lets_its_probe_through_and_nothing_else(
    take: Any, step: Step, held: dict[str, Any], probing: bool, taken: bool
) -> None:
    fields = {**held, "open_until": timezone.now()} if "open_until" in held else held
    Destination.objects.create(name="sap", probe=step if probing else None, **fields)
    Destination.objects.create(name="marketing", paused=True)
    found = take()
    assert (found is not None) is taken
    if found:
        assert found.destination_failures == held.get("failures", 0)


@pytest.mark.parametrize(
    ("seconds_ago", "due"), [(None, True), (9, False), (11, True)], ids=["never", "a moment ago", "long ago"]
)
def test_a_claim_says_whether_a_success_is_to_be_noted(take: Any, seconds_ago: int | None, due: bool) -> None:
    noted = None if seconds_ago is None else from_now(timedelta(seconds=-seconds_ago))
    Destination.objects.create(name="sap", last_success_at=noted)
    assert take().success_due is due


def test_where_a_destination_has_no_row_yet_a_success_is_to_be_noted(take: Any) -> None:
    assert take().success_due


def test_the_order_comes_with_its_lines_and_their_products(
    take: Any, order: Order, django_assert_num_queries: Any
) -> None:
    other = place_order(customer_name="Another", quantities={line.product_id: 9 for line in order.lines.all()})
    known = list(OrderLine.objects.filter(order=order).select_related("product"))
    fresh = take().order
    with django_assert_num_queries(0):
        assert fresh.lines.all()[1] == known[1]
        loaded = list(fresh.lines.all())
        assert loaded == known
        assert fresh.lines.all()[1] is loaded[1]
        assert [line.product.bin_location for line in loaded] == ["A-01", "A-02"]
        assert [model_to_dict(line.product) for line in loaded] == [model_to_dict(line.product) for line in known]
        assert [model_to_dict(line) for line in loaded] == [model_to_dict(line) for line in known]
        assert {line.order for line in loaded} == {fresh} != {other}


def test_a_whole_amount_is_an_amount_again(take: Any, order: Order) -> None:
    order.lines.update(price=Decimal(1200), name='Zwölf "Hundert" \\ 千')
    saved = [(line.price, line.amount, line.name) for line in order.lines.all()]
    loaded = [(line.price, line.amount, line.name) for line in take().order.lines.all()]
    assert loaded == saved
    assert {type(price) for price, *_ in loaded} == {Decimal}


def test_what_asks_further_than_its_lines_finds_those_of_its_order_alone(take: Any, order: Order) -> None:
    place_order(customer_name="Another", quantities={line.product_id: 9 for line in order.lines.all()})
    lines = take().order.lines
    first, second = lines.order_by("pk")
    assert (lines.count(), lines.get(product=second.product_id)) == (2, second)
    assert (list(lines.filter(quantity__gte=9)), lines.filter(quantity__lt=9).first()) == ([], first)
    assert [line.product.bin_location for line in lines.select_related("product")] == ["A-01", "A-02"]


def test_an_order_that_was_put_in_by_hand_without_lines_is_taken(take: Any, order: Order) -> None:
    OrderLine.objects.all().delete()
    claim = take()
    assert (claim.order, list(claim.order.lines.all())) == (order, [])


def rename(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")


@pytest.mark.django_db(transaction=True)
def test_a_step_whose_lines_cannot_be_read_is_not_taken(take: Any, again: Callable[[], Step]) -> None:
    """Then nothing may be sent. It stays as it was: the sweeper comes back to it."""
    assert again().state == "queued"
    rename("orders_orderline", "elsewhere")
    try:
        with pytest.raises(OperationalError):
            take()
    finally:
        rename("elsewhere", "orders_orderline")
    assert (again().state, again().attempts, again().token) == ("queued", 0, None)
    assert not Destination.objects.exists()
    assert take().order.lines.count() == 2


@pytest.mark.parametrize(
    ("left", "same_token", "held"),
    [
        (timedelta(seconds=90), True, True),
        (timedelta(seconds=31), True, True),
        (timedelta(seconds=29), True, False),  # Less than a request may take: the lease could end under way.
        (timedelta(seconds=-1), True, False),
        (timedelta(seconds=90), False, False),
    ],
)
def test_a_claim_holds_while_its_token_and_its_lease_do(
    way: Any, take: Any, left: timedelta, same_token: bool, held: bool
) -> None:
    claim = take()
    token = claim.token if same_token else uuid.uuid4()
    Step.objects.filter(pk=claim.step.pk).update(token=token, due_at=from_now(left))
    assert way.holds(claim) is held


def test_the_holder_gives_it_back_with_an_attempt(way: Any, take: Any, again: Callable[[], Step]) -> None:
    step = take().step
    changes = {"token": None, "state": "done", "reference": "4711", "finished_at": timezone.now()}
    assert way.finish(step, step.token, attempt(step), changes, None)
    assert (again().state, again().reference, again().token) == ("done", "4711", None)
    kept = again().attempt_log.get()
    assert (kept.number, kept.outcome, kept.code, kept.answer) == (1, "done", "201", "ok")


def test_who_lost_the_token_changes_nothing(way: Any, take: Any, order: Order, again: Callable[[], Step]) -> None:
    step = take().step
    order.steps.exclude(pk=step.pk).update(state="done")
    changes = {"token": None, "state": "done", "finished_at": timezone.now()}
    assert not way.finish(step, uuid.uuid4(), attempt(step), changes, None)
    assert again().state == "running"
    order.refresh_from_db()
    assert order.status == "received"
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    ("others", "status", "after", "settled"),
    [
        ("done", "received", "processed", True),
        ("parked", "received", "received", False),
        ("parked", "packed", "packed", False),
        ("done", "packed", "packed", True),
        ("done", "shipped", "shipped", True),
        ("done", "cancelled", "cancelled", True),
        ("cancelled", "cancelled", "cancelled", False),
    ],
)
def test_the_last_one_to_be_given_back_settles_the_order_whatever_its_status(
    way: Any, take: Any, order: Order, others: str, status: str, after: str, settled: bool
) -> None:
    step = take().step
    order.steps.exclude(pk=step.pk).update(state=others)
    Order.objects.update(status=status)
    changes = {"token": None, "state": "done", "finished_at": timezone.now()}
    assert way.finish(step, step.token, attempt(step), changes, None)
    order.refresh_from_db()
    assert (order.status, order.settled_at is not None) == (after, settled)


def test_an_order_that_is_settled_stays_settled_when_it_was(way: Any, take: Any, order: Order) -> None:
    """A slip that is printed once more is one more last step."""
    step = take().step
    order.steps.exclude(pk=step.pk).update(state="done")
    earlier = timezone.now() - timedelta(days=1)
    Order.objects.update(status="processed", settled_at=earlier)
    changes = {"token": None, "state": "done", "finished_at": timezone.now()}
    assert way.finish(step, step.token, attempt(step), changes, None)
    order.refresh_from_db()
    assert (order.status, order.settled_at) == ("processed", earlier)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_went_bad_since_the_last_step_costs_nothing(order: Order, again: Callable[[], Step]) -> None:
    assert again().state == "queued"
    connection.connection.close()  # As after a restart of the database: Django does not know it yet.
    run_step(order.pk, "sap", lambda claim: Done(reference="4711"))
    assert (again().state, again().attempts) == ("done", 1)
