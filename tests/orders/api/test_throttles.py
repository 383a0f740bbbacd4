"""SHOP_ORDER_RATE: how many orders a client or an address may place."""

import threading
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings

from orders import rates
from orders.database.clock import DatabaseTime
from orders.models import Order, Product, RateCount
from orders.tasks import prune_rates
from tests.orders.api.customer import Shop, problem
from tests.orders.api.test_authentication import key

BODY = {"customer_name": "Jo", "products_ids": [2]}


@pytest.fixture(autouse=True)
def three_a_minute(settings: Settings) -> None:
    settings.ORDER_RATE = "3/min"


def statuses(shop: Shop, count: int, **headers: str) -> list[int]:
    return [shop.post(BODY, **headers).status_code for _ in range(count)]


def come_from(shop: Shop, address: str) -> Shop:
    shop.client.defaults["REMOTE_ADDR"] = address
    return shop


def test_the_answers_say_what_is_left(shop: Shop) -> None:
    answers = [shop.post(BODY) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"orders";q=3;w=60'}
    assert [answer["RateLimit"].partition(";t=")[0] for answer in answers] == [
        '"orders";r=2', '"orders";r=1', '"orders";r=0', '"orders";r=0',
    ]  # fmt: skip
    assert all(0 < int(answer["RateLimit"].partition(";t=")[2]) <= 60 for answer in answers)
    refused = answers[-1]
    assert "Too many orders" in problem(refused, 429)["detail"]
    assert refused["Retry-After"] == refused["RateLimit"].partition(";t=")[2]
    assert Order.objects.count() == 3


def test_without_a_rate_nothing_is_counted_or_said(shop: Shop, settings: Settings) -> None:
    settings.ORDER_RATE = ""
    answer = shop.post(BODY)
    assert "RateLimit" not in answer
    assert "RateLimit-Policy" not in answer
    assert not RateCount.objects.exists()


def test_reading_is_not_bounded_and_says_nothing_of_a_rate(shop: Shop) -> None:
    number = shop.post(BODY).json()["order_num"]
    assert [shop.get(number).status_code for _ in range(5)] == [200] * 5
    assert "RateLimit-Policy" not in shop.get(number)
    assert RateCount.objects.get().count == 1


def test_a_window_begins_anew_when_it_is_over(shop: Shop) -> None:
    assert statuses(shop, 4)[-1] == 429
    RateCount.objects.update(began_at=DatabaseTime(timedelta(seconds=-59)))
    answer = shop.post(BODY)
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    RateCount.objects.update(began_at=DatabaseTime(timedelta(seconds=-60)))
    assert statuses(shop, 4) == [201, 201, 201, 429]


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(days=30)])
def test_a_window_that_begins_ahead_of_now_is_over(shop: Shop, by: timedelta) -> None:
    """The database's clock was set back."""
    assert statuses(shop, 4)[-1] == 429
    RateCount.objects.update(began_at=DatabaseTime(by))
    answers = [shop.post(BODY) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


def test_a_window_that_another_clocks_moment_has_begun_is_not(shop: Shop) -> None:
    """A statement that waited for the row finds what was written after its own time."""
    assert statuses(shop, 3) == [201, 201, 201]
    RateCount.objects.update(began_at=DatabaseTime(timedelta(seconds=50)))
    assert statuses(shop, 1) == [429]


def test_a_refused_order_counts(shop: Shop) -> None:
    assert [shop.post({}).status_code for _ in range(4)] == [400, 400, 400, 429]
    assert "RateLimit" in shop.post({})


def test_each_address_has_its_own_count_and_an_ipv6_network_is_one(shop: Shop) -> None:
    assert statuses(come_from(shop, "192.0.2.1"), 4)[-1] == 429
    assert statuses(come_from(shop, "192.0.2.2"), 1) == [201]
    assert statuses(come_from(shop, "::ffff:192.0.2.1"), 1) == [429]
    assert statuses(come_from(shop, "2001:db8:1:2::1"), 2) == [201, 201]
    assert statuses(come_from(shop, "2001:db8:1:2:ffff::9"), 2) == [201, 429]
    assert statuses(come_from(shop, "2001:db8:1:3::1"), 1) == [201]


def test_what_a_client_says_of_its_address_counts_behind_a_proxy_alone(shop: Shop, settings: Settings) -> None:
    assert [statuses(shop, 1, X_Forwarded_For=f"192.0.2.{n}")[0] for n in range(4)] == [201, 201, 201, 429]
    settings.BEHIND_PROXY = True
    assert statuses(shop, 1, X_Forwarded_For="127.0.0.1, 192.0.2.1") == [201]


def test_a_port_that_a_proxy_writes_is_no_part_of_the_address(shop: Shop, settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    for first, second, other in (
        ("192.0.2.1:49152", "192.0.2.1", "192.0.2.2:49152"),
        ("[2001:db8:1:2::1]:443", "2001:db8:1:2::9", "[2001:db8:1:3::1]"),
    ):
        assert statuses(shop, 3, X_Forwarded_For=first) == [201, 201, 201]
        assert statuses(shop, 1, X_Forwarded_For=f"203.0.113.1, {second}") == [429]
        assert statuses(shop, 1, X_Forwarded_For=other) == [201]


def test_a_client_is_counted_by_its_key_wherever_it_comes_from(shop: Shop) -> None:
    front, another = key("front"), key("front")
    assert statuses(come_from(shop, "192.0.2.1"), 2, Authorization=front) == [201, 201]
    assert statuses(come_from(shop, "192.0.2.2"), 2, Authorization=another) == [201, 429]
    assert statuses(shop, 1, Authorization=key("till")) == [201]
    assert statuses(shop, 1) == [201]


def test_a_repeat_does_not_count_and_is_answered_when_the_rate_is_used_up(shop: Shop) -> None:
    one = str(uuid.uuid4())
    first = shop.post(BODY, Idempotency_Key=one)
    assert statuses(shop, 5, Idempotency_Key=one) == [201] * 5
    assert statuses(shop, 3) == [201, 201, 429]
    again = shop.post(BODY, Idempotency_Key=one)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["RateLimit-Policy"] == '"orders";q=3;w=60'
    assert shop.post(BODY, Idempotency_Key=str(uuid.uuid4())).status_code == 429


def at_once(count: int, **headers: str) -> Counter[int]:
    start, answers = threading.Barrier(count), []

    def ask() -> None:
        shop = Shop()
        start.wait(30)
        answers.append(shop.post(BODY, **headers).status_code)
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


@pytest.mark.usefixtures("dispatched")
@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_ten_are_taken(catalogue: list[Product], settings: Settings) -> None:
    """Each thread has a connection of its own: to the database they are processes."""
    settings.ORDER_RATE = "10/min"
    assert at_once(30) == {201: 10, 429: 20}
    assert Order.objects.count() == 10


@pytest.mark.usefixtures("dispatched", "on_postgresql")
@pytest.mark.django_db(transaction=True)
def test_repeats_that_come_at_the_same_moment_are_given_back(catalogue: list[Product], settings: Settings) -> None:
    settings.ORDER_RATE = "100/min"
    assert at_once(12, Idempotency_Key=str(uuid.uuid4())) == {201: 12}
    assert RateCount.objects.get().count == 1


def test_no_address_and_no_name_is_kept(shop: Shop) -> None:
    statuses(come_from(shop, "192.0.2.1"), 1)
    assert "192.0.2.1" not in str(RateCount.objects.values())


def test_counting_is_one_statement(shop: Shop, settings: Settings, django_assert_num_queries: Any) -> None:
    for number in range(2):
        with django_assert_num_queries(1):
            assert rates.count("Jo", rates.read("10/min")).count == number + 1


def test_what_is_over_is_deleted(shop: Shop, settings: Settings) -> None:
    statuses(come_from(shop, "192.0.2.1"), 1)
    RateCount.objects.update(began_at=DatabaseTime(timedelta(seconds=-61)))
    statuses(come_from(shop, "192.0.2.2"), 1)
    prune_rates()
    assert RateCount.objects.count() == 1
    settings.ORDER_RATE = ""
    prune_rates()
    assert RateCount.objects.count() == 1
