"""A client that got no answer sends the same request again."""

import hashlib
import json
import threading
import time
import uuid
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from orders import idempotency_key, placing
from orders.errors import KeyReused, StillRunning
from orders.models import Order, Product
from orders.placing import place_order
from tests.orders.api.customer import A_KEY as KEY
from tests.orders.api.customer import Shop, problem

BODY = {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}


def test_a_repeat_gets_the_first_answer_and_places_nothing(shop: Shop, dispatched: list[int]) -> None:
    first = shop.post(BODY, Idempotency_Key=KEY)
    again = shop.post(json.dumps(BODY, indent=3).encode(), Idempotency_Key=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == len(dispatched) == 1


def test_the_first_answer_stays_whatever_became_of_order_and_products(shop: Shop) -> None:
    first = shop.post(BODY, Idempotency_Key=KEY)
    Order.objects.update(status="cancelled")
    Product.objects.update(active=False)
    assert shop.post(BODY, Idempotency_Key=KEY).json() == first.json()


def test_another_body_with_the_same_key_is_refused(shop: Shop) -> None:
    shop.post(BODY, Idempotency_Key=KEY)
    body = problem(shop.post(BODY | {"products_ids": [2]}, Idempotency_Key=KEY), 422)
    assert "a new key" in body["detail"]
    assert Order.objects.count() == 1


def test_a_refused_request_does_not_use_up_its_key(shop: Shop) -> None:
    problem(shop.post(BODY | {"products_ids": [77]}, Idempotency_Key=KEY), 400)
    assert shop.post(BODY, Idempotency_Key=KEY).status_code == 201


def test_two_keys_are_two_orders(shop: Shop) -> None:
    for key in (KEY, KEY.replace("1", "2"), str(uuid.uuid1())):
        assert shop.post(BODY, Idempotency_Key=key).status_code == 201
    assert Order.objects.count() == 3


@pytest.mark.parametrize(
    "key", ["", "a b", "ä", "x" * 256, "a\x7f", '"', '""', '"a', '"a"b', '"a\\b"', f'"{"x" * 256}"']
)
def test_a_malformed_key_is_refused(shop: Shop, key: str) -> None:
    assert "1 to 255" in problem(shop.post(BODY, Idempotency_Key=key), 400)["detail"]
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "key",
    ["order-1", "x" * 255, KEY[:-1], KEY + "0", KEY.replace("-", "", 1), f"urn:uuid:{KEY}", "0" * 32,
     "ffffffff-ffff-ffff-ffff-ffffffffffff", '"order-1"'],
)  # fmt: skip
def test_a_guests_key_is_a_uuid_since_others_would_guess_it(shop: Shop, key: str) -> None:
    assert "is a UUID" in problem(shop.post(BODY, Idempotency_Key=key), 400)["detail"]
    assert not Order.objects.exists()


@pytest.mark.parametrize("key", [KEY.upper(), KEY.replace("-", ""), f'"{KEY}"', "01890a5d-ac96-774b-bcce-b302099a8057"])
def test_a_uuid_may_be_of_any_version_and_in_any_case(shop: Shop, key: str) -> None:
    assert shop.post(BODY, Idempotency_Key=key).status_code == 201


def test_a_key_in_quotation_marks_is_the_same_key(shop: Shop) -> None:
    first = shop.post(BODY, Idempotency_Key=KEY)
    again = shop.post(BODY, Idempotency_Key=f'"{KEY}"')
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()


@pytest.mark.parametrize(
    ("quoted", "bare"), [('"abc"', "abc"), (r'"a\"b"', 'a"b'), (r'"a\\b"', r"a\b"), ('"a, b"', "a, b")]
)
def test_a_structured_string_is_read_as_its_standard_says(quoted: str, bare: str) -> None:
    assert idempotency_key.read(quoted) == bare


@pytest.mark.parametrize("both", [f"{KEY},{KEY}", f'"{KEY}","{KEY}"', f'"{KEY}", "b"', f"{KEY},", f',"{KEY}"'])
def test_two_headers_are_refused(shop: Shop, both: str) -> None:
    """The web server makes one header of them, with a comma between them."""
    assert problem(shop.post(BODY, Idempotency_Key=both), 400)
    assert not Order.objects.exists()


def test_a_key_belongs_to_a_client() -> None:
    """What guests sent before there were clients is stored as it was."""
    kept = {idempotency_key.of_header(KEY, client) for client in ("", "front", "till")}
    assert len(kept) == 3
    assert hashlib.sha256(KEY.encode()).hexdigest() in kept
    assert idempotency_key.of_header("order-1", "front") != idempotency_key.of_message("front", "order-1")


def test_the_key_itself_is_not_stored(shop: Shop) -> None:
    shop.post(BODY, Idempotency_Key=KEY)
    stored = Order.objects.get().idempotency_key
    assert stored
    assert KEY[:8] not in stored
    assert len(stored) == 64


@pytest.mark.usefixtures("on_postgresql")
def test_a_key_costs_no_further_statement(shop: Shop) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert shop.post(BODY, Idempotency_Key=KEY).status_code == 201
    assert [query["sql"].split()[0] for query in queries.captured_queries] == ["SELECT", "SELECT"]
    assert "ON CONFLICT (idempotency_key) DO NOTHING" in queries.captured_queries[1]["sql"]


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
def test_a_repeat_while_the_first_is_still_running_is_told_so_or_waits_for_it(catalogue: list[Product]) -> None:
    """PostgreSQL answers 409 after half a second; SQLite, which has one writer at a time, waits for the first."""
    inserted, answered = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            place_order(customer_name="Jo", quantities={2: 1}, idempotency_key="k", fingerprint="body")
            inserted.set()
            answered.wait(timeout=60 if connection.vendor == "postgresql" else 0.5)

    thread = in_thread(first)
    assert inserted.wait(30)
    began = time.monotonic()
    if connection.vendor == "postgresql":
        with pytest.raises(StillRunning):
            placing.place_once("k", "body", customer_name="Jo", quantities={2: 1})
        assert 0.4 < time.monotonic() - began < 30
    else:
        assert placing.place_once("k", "body", customer_name="Jo", quantities={2: 1})[1] is True
    answered.set()
    thread.join()
    assert Order.objects.count() == 1


@pytest.mark.usefixtures("on_postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_locked_is_no_other_request(catalogue: list[Product]) -> None:
    placing.place_once("j", "body", customer_name="Jo", quantities={2: 1})  # From now on the statement is prepared.
    locked, tried = threading.Event(), threading.Event()

    def migration() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE orders_order")
            locked.set()
            tried.wait(timeout=1)

    thread = in_thread(migration)
    assert locked.wait(30)
    assert placing.place_once("k", "body", customer_name="Jo", quantities={2: 1})[1] is False
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_different_body_at_the_same_time_is_refused(
    catalogue: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "LONGEST_WAIT", 30_000)  # However late the first commits.
    inserted = threading.Event()

    def first() -> None:
        with transaction.atomic():
            place_order(customer_name="Jo", quantities={2: 1}, idempotency_key="k", fingerprint="body")
            inserted.set()
            time.sleep(0.2)

    thread = in_thread(first)
    assert inserted.wait(30)
    with pytest.raises(KeyReused):
        placing.place_once("k", "another", customer_name="Jo", quantities={2: 1})
    thread.join()


def test_still_running_is_a_409_with_retry_after(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def running(*args: Any, **kwargs: Any) -> None:
        raise StillRunning

    monkeypatch.setattr("orders.api.views.place_once", running)
    response = shop.post(BODY, Idempotency_Key=KEY)
    assert "still being worked on" in problem(response, 409)["detail"]
    assert response["Retry-After"] == "1"
