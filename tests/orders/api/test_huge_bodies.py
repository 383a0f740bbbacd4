"""Whatever is in a body of 1 MB: it costs little memory and few statements, and the answer is small.

The slowest of these took 0.18 s of a processor.
"""

import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.body import MAX_BODY
from tests.orders.api.customer import A_KEY, Shop

MOST_MEMORY = 50_000_000  # bytes
MOST_ANSWER = 16_000  # bytes
MOST_STATEMENTS = 4  # two look for the idempotency key's order, two for products
NAMED = '{"customer_name": "Jo", '


def full(head: str, item: str | Callable[[int], str], tail: str) -> bytes:
    """As many items as fit."""
    one = item if callable(item) else lambda number: item
    space = MAX_BODY - len(head.encode()) - len(tail.encode())
    items: list[str] = []
    while (space := space - len(one(len(items)).encode()) - 1) > 0:
        items.append(one(len(items)))
    return (head + ",".join(items) + tail).encode()


def ids(item: str | Callable[[int], str], last: str = "") -> bytes:
    return full(NAMED + '"products_ids": [', item, f"{last}]}}")


def lines(item: str | Callable[[int], str]) -> bytes:
    return full(NAMED + '"lines": [', item, "]}")


HUGE: dict[str, Callable[[], bytes]] = {
    "ids that are all different": lambda: ids(lambda number: str(number + 1)),
    "ids not on sale": lambda: ids("7"),
    "the last id is not on sale": lambda: ids("2", ",7"),
    "the last id is no number": lambda: ids("2", ',"x"'),
    "whole numbers with a point": lambda: ids("2.0", ',"x"'),
    "different whole numbers with a point": lambda: ids(lambda number: f"{number}.0"),
    "numbers with many digits": lambda: ids("9" * 4000),
    "numbers with exponents": lambda: ids("1e300"),
    "lists": lambda: ids("[]"),
    "objects": lambda: ids('{"":[]}'),
    "texts": lambda: ids(lambda number: f'"{number}"'),
    "lines of one SKU": lambda: lines('{"sku": "nothing" , "quantity": 1, "quantity_": 1234567890123456}'),
    "lines of many SKUs": lambda: lines(lambda number: f'{{"sku": "{number:050}", "quantity": 1}}'),
    "a line with many fields": lambda: full(NAMED + '"lines": [{', lambda number: f'"x{number}": 1', "}]}"),
    "fields": lambda: full("{", lambda number: f'"x{number}": 1', "}"),
    "fields with names that grow in a pointer": lambda: full("{", lambda number: f'"{number}{"😀" * 200}": 1', "}"),
    "fields of an address": lambda: full('{"shipping": {"address": {', lambda number: f'"x{number}": 1', "}}}"),
    "a field with a long name": lambda: b'{"' + b"k" * (MAX_BODY - 10) + b'": 1}',
    "a field twice, after many": lambda: full("{", lambda number: f'"x{number % 90_000}": 1', ', "x1": 1}'),
    "a long name": lambda: full('{"customer_name": "', "é" * 1000, '"}'),
    "a name of accents": lambda: full('{"customer_name": "', "\u0301\u0316" * 500, '"}'),
    "a name of invisible characters": lambda: full('{"customer_name": "', "a\u00ad" * 500, '"}'),
    "a long e-mail": lambda: full('{"email": "a@', "b." * 500, '"}'),
    "a long SKU": lambda: full(NAMED + '"lines": [{"quantity": 1, "sku": "', "x" * 1000, '"}]}'),
    "a long country": lambda: full('{"shipping": {"address": {"country": "', "D" * 1000, '"}}}'),
    "a long total": lambda: full('{"total": "', "9" * 1000, '"}'),
    "a total of many digits": lambda: b'{"total": 1.' + b"9" * 1_000_000 + b"}",
    "without end": lambda: b"[" * MAX_BODY,
    "spaces": lambda: b" " * (MAX_BODY - 1) + b"x",
}
# What is read of these takes most. (All of them would take a minute: allocations are traced slowly.)
LARGEST = (
    "ids that are all different",
    "different whole numbers with a point",
    "texts",
    "fields",
    "a field twice, after many",
)


@pytest.mark.parametrize("name", HUGE)
def test_a_body_of_1_mb_costs_little_and_is_answered_briefly(shop: Shop, name: str) -> None:
    body = HUGE[name]()
    assert 0.9 * MAX_BODY < len(body) <= MAX_BODY
    with CaptureQueriesContext(connection) as asked:
        response = shop.post(body, Idempotency_Key=A_KEY)
    assert response.status_code == 400
    assert len(response.content) < MOST_ANSWER
    assert len(response.json().get("errors", [])) <= 20
    assert len(asked) <= MOST_STATEMENTS, asked.captured_queries


@pytest.mark.parametrize("name", LARGEST)
def test_a_body_of_1_mb_takes_at_most_50_mb(shop: Shop, name: str) -> None:
    body = HUGE[name]()
    tracemalloc.start()
    try:
        shop.post(body)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_MEMORY


def test_ids_by_the_hundred_thousand_are_not_looked_up(shop: Shop) -> None:
    with CaptureQueriesContext(connection) as asked:
        shop.post(HUGE["ids that are all different"](), Idempotency_Key=A_KEY)
        shop.post(HUGE["lines of many SKUs"](), Idempotency_Key=A_KEY)
    # Each asks for an order that its key may have placed before, and for nothing else.
    assert ["FROM orders_order WHERE" in query["sql"].replace('"', "") for query in asked] == [True, True]


def test_the_longest_names_of_twenty_fields_at_every_place_fit_into_one_answer(shop: Shop) -> None:
    odd: dict[str, Any] = {f"{chr(0x1F600 + number)}{'😀' * 50}": 1 for number in range(40)}
    body = odd | {"shipping": odd | {"address": odd}, "lines": [odd | {"sku": "é" * 64, "quantity": 1}] * 10}
    response = shop.post(json.dumps(body).encode())
    assert len(response.json()["errors"]) == 20
    assert len(response.content) < MOST_ANSWER
    lines = [{"sku": f"{number:02}{'😀' * 62}", "quantity": 1} for number in range(40)]
    response = shop.post(json.dumps({"customer_name": "Jo", "lines": lines}).encode())
    assert len(response.json()["errors"]) == 20
    assert len(response.content) < MOST_ANSWER
