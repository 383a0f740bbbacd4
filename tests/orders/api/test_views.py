"""POST /order and GET /order/<order_num>, when all is well."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from orders import lifecycle
from orders.api.views import etag
from orders.carriers import read_carriers
from orders.models import Order, Product, Step
from orders.shipments import Parcel
from tests.factories import make_order, make_product
from tests.orders.api.customer import Shop

TUTORIAL = {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}


def pieces(order: Order) -> list[tuple[int, int]]:
    return [(line.product_id, line.quantity) for line in order.lines.all()]


def test_the_tutorials_order_is_placed(shop: Shop, dispatched: list[int]) -> None:
    response = shop.post(TUTORIAL)
    order = Order.objects.get()
    url = f"http://testserver/order/{order.number}"
    assert response.status_code == 201
    assert response.json() == {"order_num": order.number, "status": "received", "url": url}
    assert response["Location"] == url
    assert response["Cache-Control"] == "no-store"
    assert (order.customer_name, str(order.total), order.currency) == ("Helgi Möller", "29.97", "EUR")
    assert pieces(order) == [(2, 1), (4, 1), (42, 1)]
    assert {step.name for step in order.steps.all()} == set(settings.ENABLED_STEPS)
    assert dispatched == [order.pk]


def test_an_orders_address_is_the_shops_own_whatever_the_caller_says(
    shop: Shop, settings: Any, dispatched: list[int]
) -> None:
    client, body = Client(), json.dumps(TUTORIAL)
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    response = client.post("/order?format=xml", body, "application/json", headers=forged)
    assert response["Location"] == f"http://testserver/order/{response.json()['order_num']}"
    settings.PUBLIC_URL = "https://shop.example.com"
    response = client.post("/order?format=xml", body, "application/json", headers=forged, SCRIPT_NAME="/evil")
    assert response["Location"] == f"https://shop.example.com/order/{response.json()['order_num']}"
    assert response["Location"] == response.json()["url"]


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"product_ids": [42, 2]}, [(42, 1), (2, 1)]),
        ({"products_ids": [4, 2, 4]}, [(4, 2), (2, 1)]),
        ({"lines": [{"product_id": 2, "quantity": 3}]}, [(2, 3)]),
        ({"lines": [{"product_id": 2, "quantity": 3}, {"product_id": 2, "quantity": 1}]}, [(2, 4)]),
        ({"products_ids": [2] * 9999}, [(2, 9999)]),
    ],
)
def test_products_can_be_named_in_three_ways(shop: Shop, named: Any, expected: list[tuple[int, int]]) -> None:
    assert shop.post({"customer_name": "Jo"} | named).status_code == 201
    assert pieces(Order.objects.get()) == expected


@pytest.mark.parametrize("name", ["Łukasz Żółć", "李小龙", "Олег", "محمد", "김철수", "نیم‌فاصله", "👩‍🚀 Jo", "x" * 200])
def test_names_of_the_world_are_kept_as_they_are(shop: Shop, name: str) -> None:
    assert shop.post({"customer_name": f"  {name} ", "products_ids": [2]}).status_code == 201
    assert Order.objects.get().customer_name == name


def test_a_charset_in_the_content_type_and_a_byte_order_mark_do_no_harm(shop: Shop) -> None:
    body = b'\xef\xbb\xbf{"customer_name": "Jo", "products_ids": [2]}'
    assert shop.post(body, "application/json; charset=utf-8").status_code == 201


def test_an_order_of_200_different_products_is_taken(shop: Shop) -> None:
    more = [make_product(id=1000 + n) for n in range(200)]
    assert shop.post({"customer_name": "Jo", "products_ids": [p.pk for p in more]}).status_code == 201


def test_the_price_and_name_as_sold_stay_when_the_product_changes(shop: Shop) -> None:
    number = shop.post(TUTORIAL).json()["order_num"]
    Product.objects.update(price=1, name="Renamed")
    line = shop.get(number).json()["lines"][0]
    assert (line["price"], line["name"]) == ("9.99", "Thing 2")


def test_get_tells_how_far_the_order_is_and_no_internals(shop: Shop) -> None:
    number = shop.post(TUTORIAL | {"note": "Please ring twice"}).json()["order_num"]
    finished = timezone.now()
    Step.objects.filter(name="sap").update(state="parked", reason="secret", reference="4711", finished_at=finished)
    response = shop.get(number)
    body = response.json()
    assert response["Cache-Control"] == "private, no-cache"
    assert list(body) == [
        "order_num", "status", "total", "currency", "created_at", "settled_at", "packed_at", "shipped_at",
        "cancelled_at", "lines", "steps", "shipments",
    ]  # fmt: skip
    assert body["lines"][0] == {
        "product_id": 2, "sku": "SKU-2", "name": "Thing 2", "quantity": 1, "price": "9.99",
    }  # fmt: skip
    assert {"name": "sap", "state": "parked", "finished_at": finished.isoformat().replace("+00:00", "Z")} in body[
        "steps"
    ]
    assert "secret" not in response.text
    assert "4711" not in response.text


def test_a_number_is_found_however_a_person_types_it(shop: Shop) -> None:
    make_order([], number="01AB-CDEF-GHJK", customer_name="Jo", steps=())
    for typed in ("01AB-CDEF-GHJK", "01abcdefghjk", "oiab-cdef-ghjk", " 0LAB-CDEF-GHJK ", "01ab cdef ghjk"):
        assert shop.get(typed).status_code == 200, typed


def test_the_body_is_not_sent_again_while_nothing_changed(shop: Shop) -> None:
    number = shop.post(TUTORIAL).json()["order_num"]
    first = shop.get(number)
    again = shop.get(number, If_None_Match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    Step.objects.filter(name="sap").update(state="done")
    changed = shop.get(number, If_None_Match=first["ETag"])
    assert changed.status_code == 200
    Order.objects.update(status="cancelled")
    assert shop.get(number, If_None_Match=changed["ETag"]).status_code == 200


@pytest.mark.parametrize(
    "column",
    ["status", "reference", "customer_name", "email", "note", "shipping_name", "shipping_phone", "shipping_line1",
     "shipping_line2", "shipping_postal_code", "shipping_city", "shipping_state", "shipping_country", "settled_at",
     "packed_at", "shipped_at", "cancelled_at"],
)  # fmt: skip
def test_whatever_a_client_is_shown_of_an_order_is_in_its_etag(db: None, column: str) -> None:
    """Whoever changes it, and whatever else that program sets or forgets."""
    order = make_order([], shipping_country="IS")
    before, then = etag(order, own=True), datetime(2026, 11, 27, tzinfo=UTC)
    setattr(order, column, then if column.endswith("_at") else "DE")
    assert etag(order, own=True) != before


def test_placing_an_order_takes_two_statements_on_postgresql(shop: Shop) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert shop.post(TUTORIAL).status_code == 201
    verbs = [query["sql"].split()[0] for query in queries.captured_queries]
    if connection.vendor == "postgresql":
        assert verbs == ["SELECT", "SELECT"]  # The second sets its lock timeout and inserts, in one round trip.
        assert "; WITH new AS (INSERT" in queries.captured_queries[1]["sql"]
    else:
        assert [verb for verb in verbs if verb in ("SELECT", "INSERT")] == ["SELECT", "INSERT", "INSERT", "INSERT"]


def test_get_takes_three_statements_and_two_when_nothing_changed(shop: Shop, django_assert_num_queries: Any) -> None:
    number = shop.post(TUTORIAL).json()["order_num"]
    with django_assert_num_queries(3):
        tag = shop.get(number)["ETag"]
    with django_assert_num_queries(2):
        shop.get(number, If_None_Match=tag)


def test_get_tells_which_parcels_are_on_their_way_and_since_when(shop: Shop) -> None:
    number = shop.post(TUTORIAL).json()["order_num"]
    assert [shop.get(number).json()[name] for name in ("packed_at", "shipped_at", "shipments")] == [None, None, []]
    order = Order.objects.get()
    order.steps.update(state="done")
    lifecycle.pack(Order.objects.all(), by="wim")
    lifecycle.ship_order(order.pk, [Parcel("dhl", "JD01"), Parcel("gone", "2")], by="wim")
    body = shop.get(number).json()
    assert body["created_at"] < body["packed_at"] < body["shipped_at"]
    url = "https://www.dhl.com/global-en/home/tracking.html?tracking-id=JD01"
    added = [parcel.pop("created_at") for parcel in body["shipments"]]
    assert body["packed_at"] < min(added) <= max(added) < body["shipped_at"]
    assert body["shipments"] == [
        {"carrier": "dhl", "carrier_name": "DHL", "tracking_number": "JD01", "tracking_url": url},
        {"carrier": "gone", "carrier_name": "gone", "tracking_number": "2", "tracking_url": ""},
    ]


@pytest.mark.parametrize("events", [True, False])
def test_whatever_changes_about_a_parcel_is_told_at_the_next_look(shop: Shop, settings: Settings, events: bool) -> None:
    settings.EVENTS = events
    number = shop.post(TUTORIAL).json()["order_num"]
    order = Order.objects.get()
    tags = [shop.get(number)["ETag"]]
    changes: list[Callable[[], object]] = [
        lambda: lifecycle.add_shipment(order.pk, "dhl", "1", by="wim"),
        lambda: lifecycle.remove_shipment(order.pk, order.shipments.get().pk, by="wim"),
        lambda: lifecycle.add_shipment(order.pk, "dhl", "1", by="wim"),
        lambda: setattr(settings, "CARRIERS", read_carriers(["dhl=DHL=https://dhl.example/{number}"])),
        lambda: Order.objects.update(status="packed"),
        lambda: lifecycle.ship(Order.objects.all(), by="wim"),
    ]
    for change in changes:
        assert shop.get(number, If_None_Match=tags[-1]).status_code == 304
        change()
        answer = shop.get(number, If_None_Match=tags[-1])
        assert answer.status_code == 200
        tags.append(answer["ETag"])
    assert len(set(tags)) == len(tags)
    assert answer.json()["shipments"][0]["tracking_url"] == "https://dhl.example/1"


def test_parcels_cost_a_statement_where_there_are_some_and_none_when_nothing_changed(
    shop: Shop, django_assert_num_queries: Any
) -> None:
    number = shop.post(TUTORIAL).json()["order_num"]
    for parcel in ("1", "2"):
        lifecycle.add_shipment(Order.objects.get().pk, "dhl", parcel, by="wim")
    with django_assert_num_queries(4):
        tag = shop.get(number)["ETag"]
    with django_assert_num_queries(2):
        shop.get(number, If_None_Match=tag)


def test_head_answers_without_a_body(shop: Shop) -> None:
    number = shop.post(TUTORIAL).json()["order_num"]
    response = Client().head(f"/order/{number}")
    assert (response.status_code, response.content) == (200, b"")
