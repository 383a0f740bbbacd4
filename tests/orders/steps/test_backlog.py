"""What runs every few seconds reads neither the whole history nor the whole backlog."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import lifecycle
from orders.models import Order, Step
from orders.outbox import relay
from orders.steps import claim_step, claims, set_back, settling, transitions
from shop.staff import front_page as dashboard
from tests.bench.seed import insert
from tests.factories import make_product
from tests.orders.conftest import Broker

pytestmark = pytest.mark.usefixtures("on_postgresql")

OPEN = 150  # So few that no chance of a sample, and no index that was filled before, makes reading all of them cheaper.


@pytest.fixture
def catalogue(db: None) -> None:
    for id_ in range(1, 54):
        make_product(id=id_)


@pytest.fixture
def many_steps(catalogue: None) -> None:
    insert(3000, state="done")
    insert(OPEN, due_in=-60)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plans(work: Callable[[], object], of: str = "SELECT") -> list[str]:
    """How PostgreSQL would go about each statement of a kind in `work`."""
    with CaptureQueriesContext(connection) as seen:
        work()
    return [explained(query["sql"]) for query in seen.captured_queries if query["sql"].split()[0] == of]


@pytest.mark.usefixtures("many_steps", "broker")
@pytest.mark.parametrize("work", [relay.sweep, set_back.go_on, settling.settle_complete, dashboard.traffic])
def test_no_look_at_the_steps_reads_them_all(work: Callable[[], object]) -> None:
    found = plans(work)
    assert any("orders_step" in plan for plan in found)
    for plan in found:
        assert "Seq Scan on orders_step" not in plan


@pytest.mark.usefixtures("many_steps")
def test_lost_workers_are_looked_for_among_running_steps_alone(broker: Broker) -> None:
    (plan,) = plans(transitions.release_lost)
    assert "Index Scan using step_running" in plan


@pytest.mark.usefixtures("catalogue")
def test_steps_ahead_are_looked_for_at_the_far_ends_of_the_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a long backlog, too, a part of which waits for its next try: PostgreSQL expects to find many of them."""
    insert(2000, state="done")
    insert(1500, due_in=-60)
    insert(100, state="waiting", due_in=1800)
    Step.objects.filter(state="waiting").update(finished_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    monkeypatch.setattr(set_back, "AT_ONCE", 20)  # as the rest, a hundredth of what may be
    running, *open_ = plans(set_back.go_on)
    assert "Index Scan Backward using step_running" in running
    assert len(open_) == len(settings.STEP_TASKS)
    for plan in open_:
        assert "Index Scan Backward using step_due" in plan
        assert "AND (due_at > " in plan


@pytest.mark.usefixtures("many_steps", "broker")
def test_unsettled_orders_are_looked_for_among_some_open_ones_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "ORDERS_A_LOOK", 50)
    *_, plan = plans(settling.settle_complete)
    assert "SubPlan" in plan
    assert "Index Cond: ((id >= " in plan
    assert "Seq Scan" not in plan


@pytest.mark.usefixtures("many_steps")
def test_orders_to_be_packed_are_counted_among_those_not_packed_alone() -> None:
    Order.objects.filter(status="processed").update(status="shipped")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    (plan,) = plans(lambda: lifecycle.to_pack(Order.objects.order_by())[:1000].count())
    assert "order_not_packed" in plan
    assert "Seq Scan on orders_order" not in plan


@pytest.mark.usefixtures("many_steps")
def test_the_oldest_open_step_is_that_of_the_oldest_order() -> None:
    sap = dashboard.traffic()["sap"]
    assert (sap.queued, sap.running, sap.waiting, sap.parked) == (OPEN, 0, 0, 0)
    assert sap.oldest == Order.objects.filter(status="received").earliest("id").created_at


@pytest.mark.parametrize("before", [0, 3000])
@pytest.mark.usefixtures("catalogue")
def test_a_step_is_claimed_and_settled_by_its_order_in_an_unexpected_backlog(before: int) -> None:
    """PostgreSQL's statistics are of an hour when nothing waited: to it, an index of waiting steps looks empty."""
    insert(before, state="done")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    order_id = insert(600)[-1]

    def take() -> None:
        assert claim_step(order_id, "sap")

    (claim,) = plans(take, of="UPDATE")
    assert "Index Scan using step_once_per_order" in claim
    assert "Seq Scan on orders_orderline" not in claim
    assert "step_due" not in claim
    result = explained(result_of(order_id))
    assert "Index Scan using step_once_per_order" in result
    assert "Index Scan using orders_step_pkey" in result
    assert "step_due" not in result
    assert "Seq Scan" not in result


def result_of(order_id: int) -> str:
    """The statement that records a step as done and settles its order, as it is sent behind the order's lock."""
    claim = claim_step(order_id, "marketing")
    assert claim
    attempt = {"number": 1, "started_at": claim.step.started_at, "outcome": "done", "code": "", "answer": ""}
    changes = {"token": None, "finished_at": claim.step.started_at, "state": "done"}
    with CaptureQueriesContext(connection) as seen:
        assert claims.finish(claim.step, claim.token, attempt, changes, None)
    (query,) = seen.captured_queries
    lock, _, result = str(query["sql"]).partition("; ")
    assert lock.endswith("FOR NO KEY UPDATE")
    return result


def explained(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement)
        return "\n".join(line for (line,) in cursor.fetchall())
