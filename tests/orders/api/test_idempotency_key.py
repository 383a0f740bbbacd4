"""A client that got no answer sends the same request again."""

import json
import threading
import time
from typing import Any

import pytest
from django.db import connection, connections, transaction

from orders import placing
from orders.errors import KeyReused, StillRunning
from orders.models import Order, Product
from orders.placing import place_order
from tests.orders.api.customer import Shop, problem

BODY = {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}


def test_a_repeat_gets_the_first_answer_and_places_nothing(shop: Shop, dispatched: list[int]) -> None:
    first = shop.post(BODY, Idempotency_Key="a7")
    again = shop.post(json.dumps(BODY, indent=3).encode(), Idempotency_Key="a7")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == len(dispatched) == 1


def test_the_first_answer_stays_whatever_became_of_order_and_products(shop: Shop) -> None:
    first = shop.post(BODY, Idempotency_Key="a7")
    Order.objects.update(status="cancelled")
    Product.objects.update(active=False)
    assert shop.post(BODY, Idempotency_Key="a7").json() == first.json()


def test_another_body_with_the_same_key_is_refused(shop: Shop) -> None:
    shop.post(BODY, Idempotency_Key="a7")
    body = problem(shop.post(BODY | {"products_ids": [2]}, Idempotency_Key="a7"), 422)
    assert "a new key" in body["detail"]
    assert Order.objects.count() == 1


def test_a_refused_request_does_not_use_up_its_key(shop: Shop) -> None:
    problem(shop.post(BODY | {"products_ids": [77]}, Idempotency_Key="a7"), 400)
    assert shop.post(BODY, Idempotency_Key="a7").status_code == 201


def test_two_keys_are_two_orders(shop: Shop) -> None:
    for key in ("a", "b", "x" * 255):
        assert shop.post(BODY, Idempotency_Key=key).status_code == 201
    assert Order.objects.count() == 3


@pytest.mark.parametrize("key", ["", "a b", "ä", "x" * 256, "a\x7f"])
def test_a_malformed_key_is_refused(shop: Shop, key: str) -> None:
    assert "1 to 255" in problem(shop.post(BODY, Idempotency_Key=key), 400)["detail"]
    assert not Order.objects.exists()


def test_the_key_itself_is_not_stored(shop: Shop) -> None:
    shop.post(BODY, Idempotency_Key="my-secret-key")
    stored = Order.objects.get().idempotency_key
    assert stored
    assert "secret" not in stored
    assert len(stored) == 64


def in_thread(work: Any) -> threading.Thread:
    """Runs `work` with a database connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_the_same_time_one_places_the_order(catalogue: list[Product]) -> None:
    start, answers = threading.Barrier(6), []

    def place() -> None:
        start.wait()
        answers.append(placing.place_once("k", "body", customer_name="Jo", quantities={2: 1}))

    for thread in [in_thread(place) for _ in range(6)]:
        thread.join()
    assert len({order.pk for order, _ in answers}) == 1
    assert sorted(replayed for _, replayed in answers) == [False] + [True] * 5
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_repeat_while_the_first_is_still_running_is_told_so_or_waits_for_it(
    catalogue: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL answers 409 after a bounded wait; SQLite, which has one writer at a time, waits for the first."""
    monkeypatch.setattr(placing, "LONGEST_WAIT", 200)
    inserted, answered = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            placing._wait_for_others("k")
            place_order(customer_name="Jo", quantities={2: 1}, idempotency_key="k", fingerprint="body")
            inserted.set()
            answered.wait(timeout=2 if connection.vendor == "postgresql" else 0.5)

    thread = in_thread(first)
    assert inserted.wait(5)
    began = time.monotonic()
    if connection.vendor == "postgresql":
        with pytest.raises(StillRunning):
            placing.place_once("k", "body", customer_name="Jo", quantities={2: 1})
        assert time.monotonic() - began < 1.5
    else:
        assert placing.place_once("k", "body", customer_name="Jo", quantities={2: 1})[1] is True
    answered.set()
    thread.join()
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_different_body_at_the_same_time_is_refused(catalogue: list[Product]) -> None:
    inserted = threading.Event()

    def first() -> None:
        with transaction.atomic():
            place_order(customer_name="Jo", quantities={2: 1}, idempotency_key="k", fingerprint="body")
            inserted.set()
            time.sleep(0.2)

    thread = in_thread(first)
    assert inserted.wait(5)
    with pytest.raises(KeyReused):
        placing.place_once("k", "another", customer_name="Jo", quantities={2: 1})
    thread.join()


def test_still_running_is_a_409_with_retry_after(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def running(*args: Any, **kwargs: Any) -> None:
        raise StillRunning

    monkeypatch.setattr("orders.api.views.place_once", running)
    response = shop.post(BODY, Idempotency_Key="a7")
    assert "still being worked on" in problem(response, 409)["detail"]
    assert response["Retry-After"] == "1"
