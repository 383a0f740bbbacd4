"""Events that were refused are counted and found by an index of their own, however many others there are."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from orders.database.clock import from_now
from orders.events import history
from orders.models import Deed, Event, Order
from shop.staff.to_do import to_do
from tests.bench.seed import insert
from tests.factories import make_product

pytestmark = pytest.mark.django_db

MANY = """
INSERT INTO orders_event (order_id, seq, type, at, step, state, due_at, refusals)
SELECT id, seq, 'order.packed', now(), '', 'published', now(), 0 FROM orders_order, generate_series(2, 11) seq
"""


@pytest.fixture(autouse=True)
def rabbitmq(settings: Settings) -> None:
    settings.BROKER_EMBEDDED = False


@pytest.fixture
def many(on_postgresql: None) -> None:
    for id_ in range(1, 54):
        make_product(id=id_)
    insert(2000, state="done")
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute("ANALYZE")  # None is refused.


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Each SELECT of the test, and how PostgreSQL carried it out."""
    found: list[str] = []

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("SELECT", "(SELECT")) and "orders_event" in sql:
            with connection.connection.cursor() as bare:
                bare.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}", params)
                found.append("\n".join(line for (line,) in bare.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        yield found


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("refused", [0, 20_000], ids=["none", "all"])
def test_a_count_reads_no_event_but_those_that_were_refused(refused: int, statements: list[str]) -> None:
    """All that stand there may have been refused since the statistics were made."""
    if refused:
        Event.objects.all().update(state="refused")
    assert history.how_many_refused() == min(refused, history.MOST_COUNTED)
    assert to_do().refused.count == min(refused, 1000)
    counted, of_the_front_page = statements
    for plan in (counted, of_the_front_page):
        assert "using event_refused on orders_event" in plan
        assert "Seq Scan on orders_event" not in plan


def test_the_oldest_are_published_again_and_who_wanted_it_is_remembered(order: Order) -> None:
    for seq in (1, 2, 3):
        Event.objects.create(
            order=order, seq=seq, type="order.packed", at=from_now(), due_at=from_now(), state="refused", refusals=3
        )
    assert history.reopen_oldest(2, by="olga") == 2
    assert [event.state for event in order.events.order_by("seq")] == ["open", "open", "refused"]
    assert [(deed.name, deed.by, deed.order) for deed in Deed.objects.filter(what="sent again").order_by("pk")] == [
        (f"{order.number}/0000000001", "olga", order),
        (f"{order.number}/0000000002", "olga", order),
    ]
    assert [history.reopen_oldest(2, by="olga"), history.reopen_oldest(2, by="olga")] == [1, 0]


def test_where_events_are_rows_alone_none_counts(order: Order, settings: Settings) -> None:
    Event.objects.create(order=order, seq=1, type="order.packed", at=from_now(), due_at=from_now(), state="refused")
    assert (history.how_many_refused(), to_do().refused.count) == (1, 1)
    settings.BROKER_EMBEDDED = True
    assert (history.how_many_refused(), to_do().refused.count) == (0, 0)
