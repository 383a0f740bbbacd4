"""GET /order: a client's own orders, page by page."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import api_keys, lifecycle
from orders.models import Order
from orders.models.api_key import Scope
from orders.steps import Done, run_step, settling
from tests.factories import make_order
from tests.orders.api.customer import Shop, problem
from tests.orders.api.test_authentication import key

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def front(db: None) -> str:
    return key("front")


def listed(shop: Shop, authorization: str, query: str = "") -> Any:
    return shop.client.get(f"/order{query}", headers={"Authorization": authorization})


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [order["order_num"] for order in answer.json()["orders"]]


def make(count: int, **fields: Any) -> list[str]:
    """The newest first; a minute between two."""
    made = [make_order([], client="front", created_at=NOON + timedelta(minutes=n), **fields) for n in range(count)]
    return [order.number for order in reversed(made)]


def test_a_client_lists_its_own_orders_the_newest_first(shop: Shop, front: str) -> None:
    mine = make(3)
    make_order([])
    make_order([], client="till")
    answer = listed(shop, front)
    assert numbers(answer) == mine
    assert (answer["Cache-Control"], answer["Vary"]) == ("private, no-store", "Authorization")
    assert answer.json()["next_cursor"] is None
    assert list(answer.json()["orders"][0]) == [
        "order_num", "reference", "status", "total", "currency", "created_at", "updated_at", "settled_at",
        "cancelled_at",
    ]  # fmt: skip


def test_it_needs_a_key_with_its_scope(shop: Shop, front: str) -> None:
    refused = shop.client.get("/order")
    assert "orders:read" in problem(refused, 401)["detail"]
    assert refused["WWW-Authenticate"] == 'Bearer realm="orders"'
    assert "orders:read" in problem(listed(shop, key("front", Scope.WRITE)), 403)["detail"]
    assert shop.client.head("/order", headers={"Authorization": key("front", Scope.WRITE)}).status_code == 403
    assert shop.client.head("/order").status_code == 401


def test_pages_follow_each_other_though_orders_come_in_meanwhile(shop: Shop, front: str) -> None:
    mine = make(5)
    Order.objects.filter(number__in=mine[1:4]).update(created_at=NOON)  # At the same moment.
    first = listed(shop, front, "?limit=2")
    make_order([], client="front")
    second = listed(shop, front, f"?limit=2&cursor={first.json()['next_cursor']}")
    third = listed(shop, front, f"?limit=2&cursor={second.json()['next_cursor']}")
    found = [number for page in (first, second, third) for number in numbers(page)]
    assert sorted(found) == sorted(mine)
    assert found[0] == mine[0]
    assert (len(numbers(third)), third.json()["next_cursor"]) == (1, None)


def test_a_page_that_is_just_full_is_the_last(shop: Shop, front: str) -> None:
    make(2)
    assert listed(shop, front, "?limit=2").json()["next_cursor"] is None


def test_a_cursor_is_the_clients_own(shop: Shop, front: str) -> None:
    make(2)
    others = make_order([], client="till").number.replace("-", "")
    for cursor in (others, "0" * 12, "x", "", "%00"):
        assert "cursor" in problem(listed(shop, front, f"?cursor={cursor}"), 400)["detail"]


@pytest.mark.parametrize("reference", ["A\ue0007", "A\u03787", "A\u00a07"])
def test_an_order_is_found_by_whatever_reference_it_has(shop: Shop, front: str, reference: str) -> None:
    """Drawn by a font of the shop's own; not known yet to this Python's Unicode; saved when it was still taken."""
    order = make_order([], client="front", reference=reference)
    assert numbers(listed(shop, front, f"?reference={quote(reference)}")) == [order.number]


def test_orders_are_found_by_status_and_reference(shop: Shop, front: str) -> None:
    make(2)
    packed = make_order([], client="front", status="packed", reference="A-17 ü")
    make_order([], client="till", reference="A-17 ü")
    assert numbers(listed(shop, front, "?status=packed")) == [packed.number]
    assert numbers(listed(shop, front, f"?reference={quote('A-17 ü')}")) == [packed.number]
    as_sent = quote(" A-17 u\u0308 ")  # An order with it is saved in NFC, without spaces at its ends.
    assert numbers(listed(shop, front, f"?reference={as_sent}")) == [packed.number]
    assert numbers(listed(shop, front, "?status=shipped&reference=A-17")) == []


def test_orders_are_found_by_their_times(shop: Shop, front: str) -> None:
    third, second, first = make(3)
    for query, expected in {
        "created_since=2026-11-27T12:01:00Z": [third, second],
        "created_since=2026-11-27t12:01:00z": [third, second],
        "created_since=2026-11-27%2012:01:00Z": [third, second],
        "created_before=2026-11-27T12:01:00Z": [first],
        "created_since=2026-11-27T13:01:00%2B01:00&created_before=2026-11-27T13:02:00+01:00": [second],
    }.items():
        assert numbers(listed(shop, front, f"?{query}")) == expected, query
    Order.objects.filter(number=first).update(updated_at=NOON + timedelta(days=9))
    Order.objects.exclude(number=first).update(updated_at=NOON)
    assert numbers(listed(shop, front, "?updated_since=2026-12-06T12:00:00Z")) == [first]
    assert numbers(listed(shop, front, "?updated_before=2026-12-06T12:00:00Z")) == [third, second]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("status=lost", "one of received"), ("status=", "one of received"), ("status=packed&status=shipped", "once"),
        ("limit=0", "from 1 to 100"), ("limit=101", "from 1 to 100"), ("limit=-1", "from 1"), ("limit=1e1", "from 1"),
        ("limit=%D9%A3", "from 1"), (f"limit={'9' * 5000}", "from 1"), ("created_since=yesterday", "with its zone"),
        ("created_since=2026-11-27T12:00:00", "with its zone"), ("updated_before=0001-01-01T00:00:00%2B14:00", "zone"),
        ("reference=", "1 to 35"), (f"reference={'x' * 36}", "1 to 35"), ("reference=%00", "1 to 35"),
        ("sort=name", "there is no such parameter"), ("%C3%A4%00=1", "there is no such parameter"),
    ],
)  # fmt: skip
def test_a_query_that_is_wrong_is_told_so_by_name(shop: Shop, front: str, query: str, told: str) -> None:
    answer = listed(shop, front, f"?{query}")
    assert told in problem(answer, 400)["detail"]
    assert len(answer.content) < 1000


def test_every_change_of_a_status_counts_as_an_update(shop: Shop, front: str) -> None:
    order = make_order([], client="front", steps=["printing"])

    def updated() -> datetime:
        order.refresh_from_db()
        assert order.updated_at
        before, order.updated_at = order.updated_at, NOON
        order.save(update_fields=["updated_at"])
        return before

    began = timezone.now() - timedelta(minutes=5)
    assert updated() > began
    run_step(order.pk, "printing", lambda claim: Done())
    assert updated() > began
    lifecycle.pack(Order.objects.all(), by="wim")
    assert updated() > began
    lifecycle.ship(Order.objects.all(), by="wim")
    assert updated() > began
    other = make_order([], client="front", steps=["printing"])
    Order.objects.update(updated_at=NOON)
    lifecycle.cancel_order(other.pk, by="anna")
    by_hand = make_order([], client="front", steps=[])
    Order.objects.filter(pk=by_hand.pk).update(updated_at=NOON)
    settling.settle(by_hand.pk)
    assert Order.objects.filter(updated_at__gt=began).count() == 2


def test_a_page_is_one_statement_beside_the_key(shop: Shop, front: str) -> None:
    make(3)
    listed(shop, front)
    with CaptureQueriesContext(connection) as queries:
        listed(shop, front, "?limit=2&status=received")
    assert len(queries) == 2


MANY = """
INSERT INTO orders_order
    (number, customer_name, note, status, currency, total, created_at, updated_at, fingerprint, client)
SELECT 'N' || n, 'Jo', '', CASE WHEN n %% 501 = 0 THEN 'cancelled' ELSE 'received' END, 'EUR', 1,
       now() - (20000 - n) * interval '1 minute', now() - (20000 - n) * interval '1 minute', '',
       CASE n %% 4 WHEN 0 THEN '' ELSE 'front' END
FROM generate_series(1, 20000) n
"""


@pytest.mark.usefixtures("on_postgresql")
@pytest.mark.parametrize(
    "query",
    ["", "status=cancelled", "status=received", "created_before=2000-01-01T00:00:00Z", "cursor", "reference=A-17",
     "status=received&cursor", "updated_since=2999-01-01T00:00:00Z"],
)  # fmt: skip
def test_no_page_reads_many_rows(shop: Shop, front: str, query: str) -> None:
    """However many orders there are: the plan reads a page's worth of an index, and sorts no more than that."""
    with connection.cursor() as cursor:
        cursor.execute(MANY, [])
        cursor.execute("ANALYZE orders_order")
    oldest = make_order([], client="front", created_at=timezone.now() - timedelta(minutes=9000))
    asked = query.replace("cursor", f"cursor={oldest.number.replace('-', '')}")
    with CaptureQueriesContext(connection) as queries:
        listed(shop, front, f"?{asked}")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {queries.captured_queries[-1]['sql']}")
        ((((plan,),),),) = [cursor.fetchall()]
    assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] < 80, plan


def test_what_a_client_lists_is_what_its_keys_placed(shop: Shop) -> None:
    front = f"Bearer {api_keys.make('front', Scope, by='lena')[1]}"
    number = shop.post({"customer_name": "Jo", "products_ids": [2]}, Authorization=front).json()["order_num"]
    assert numbers(listed(shop, front)) == [number]
