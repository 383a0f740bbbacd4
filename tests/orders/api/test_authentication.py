"""Who asks, and what that lets them do and see."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from orders import api_keys
from orders.database.clock import DatabaseTime
from orders.models import ApiKey, Order
from orders.models.api_key import Scope
from tests.factories import make_order
from tests.orders.api.customer import Shop, problem

BODY = {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}
ALL = list(Scope)


def key(client: str = "front", *scopes: Scope) -> str:
    """The value of a header Authorization."""
    return f"Bearer {api_keys.make(client, scopes or ALL, by='lena')[1]}"


def test_an_order_belongs_to_the_client_whose_key_placed_it(shop: Shop) -> None:
    assert shop.post(BODY, Authorization=key()).status_code == 201
    assert shop.post(BODY).status_code == 201
    assert sorted(Order.objects.values_list("client", flat=True)) == ["", "front"]


def revoke(text: str) -> str:
    api_keys.revoke(ApiKey.objects.all(), by="lena")
    return text


def expire(text: str) -> str:
    ApiKey.objects.update(expires_at=DatabaseTime(timedelta(seconds=-1)))
    return text


@pytest.mark.parametrize(
    "wrong", [revoke, expire, lambda text: text[:-2] + "xx", lambda text: "Bearer", lambda text: "Bearer x y"]
)
def test_a_key_that_is_not_valid_gets_the_same_401_whatever_is_wrong(shop: Shop, wrong: Callable[[str], str]) -> None:
    text = wrong(key())
    order = make_order([], client="front")
    for response in (shop.post(BODY, Authorization=text), shop.get(order.number, Authorization=text)):
        assert problem(response, 401)["detail"] == "This API key is not valid. Please ask the shop for a new one."
        assert response["WWW-Authenticate"] == 'Bearer realm="orders", error="invalid_token"'
    assert Order.objects.count() == 1


def test_a_key_that_was_sent_without_its_scheme_is_no_guests_order(shop: Shop) -> None:
    text = key().removeprefix("Bearer ")
    for wrong in (text, f"Api-Key {text}", f"Token {text}"):
        response = shop.post(BODY, Authorization=wrong)
        assert "Authorization: Bearer" in problem(response, 401)["detail"]
        assert response["WWW-Authenticate"] == 'Bearer realm="orders"'
    assert not Order.objects.exists()


@pytest.mark.parametrize("pair", ["Basic dXNlcjpwYXNz,{}", "{}, Basic dXNlcjpwYXNz", "{0},{0}"])
def test_two_headers_are_refused_whichever_comes_first(shop: Shop, pair: str) -> None:
    """The web server makes one of them. With the proxy's password first it was a guest's order, and nobody was told."""
    response = shop.post(BODY, Authorization=pair.format(key()))
    assert (
        problem(response, 401)["detail"]
        == "The request has two Authorization headers, or a comma in one. Please send one, with one API key."
    )
    assert not Order.objects.exists()


@pytest.mark.parametrize("header", ["", "Basic dXNlcjpwYXNz"])
def test_a_proxys_own_password_makes_nobody_a_client(shop: Shop, header: str) -> None:
    assert shop.post(BODY, Authorization=header).status_code == 201
    assert Order.objects.get().client == ""


def test_the_scheme_is_read_in_any_case(shop: Shop) -> None:
    assert shop.post(BODY, Authorization=key().replace("Bearer ", "bearer  ")).status_code == 201
    assert Order.objects.get().client == "front"


def test_a_missing_scope_is_named(shop: Shop) -> None:
    order = make_order([], client="front")
    for response, scope in (
        (shop.post(BODY, Authorization=key("front", Scope.READ)), "orders:write"),
        (shop.get(order.number, Authorization=key("front", Scope.WRITE)), "orders:read"),
    ):
        assert problem(response, 403)["detail"] == f"This API key lacks the scope {scope}."
        assert response["WWW-Authenticate"].endswith(f'error="insufficient_scope", scope="{scope}"')
    assert Order.objects.count() == 1


def test_a_shop_may_take_orders_with_a_key_alone(shop: Shop, settings: Settings) -> None:
    settings.GUEST_ORDERS = False
    response = shop.post(BODY)
    assert "orders:write" in problem(response, 401)["detail"]
    assert response["WWW-Authenticate"] == 'Bearer realm="orders"'
    number = shop.post(BODY, Authorization=key()).json()["order_num"]
    assert shop.get(number).status_code == 200  # Who holds the number sees it as ever.


PERSONAL: dict[str, Any] = {
    "customer_name": "Ada Lovelace",
    "email": "ada@example.com",
    "note": "Ring twice",
    "reference": "A-17",
}


@pytest.fixture
def order() -> Order:
    where: dict[str, Any] = {"line1": "1 High St", "city": "London", "postal_code": "N1 9GU", "country": "GB"}
    address = {f"shipping_{name}": value for name, value in where.items()}
    return make_order([], client="front", **PERSONAL, **address)


def test_the_client_that_placed_an_order_sees_whose_it_is(shop: Shop, order: Order) -> None:
    body = shop.get(order.number, Authorization=key()).json()
    assert {name: body[name] for name in PERSONAL} == PERSONAL
    assert body["shipping"] == {
        "name": "Ada Lovelace",
        "phone": "",
        "address": {
            "line1": "1 High St", "line2": "", "postal_code": "N1 9GU", "city": "London", "state": "", "country": "GB",
        },
    }  # fmt: skip


def test_by_its_number_alone_an_order_shows_no_personal_data(shop: Shop, order: Order) -> None:
    response = shop.get(order.number)
    assert response.status_code == 200
    for word in ("Ada", "ada@", "Ring", "A-17", "London", "front"):
        assert word not in response.text


def test_an_order_without_an_address_has_none(shop: Shop) -> None:
    assert shop.get(make_order([], client="front").number, Authorization=key()).json()["shipping"]["address"] is None


def test_another_clients_order_is_as_unknown_as_one_that_does_not_exist(shop: Shop, order: Order) -> None:
    with CaptureQueriesContext(connection) as asked:
        answers = [shop.get(number, Authorization=key("till")) for number in (order.number, "0000-0000-0000", "x")]
    assert len({str(problem(answer, 404)) for answer in answers}) == 1
    looked_up = [query for query in asked.captured_queries if "orders_order" in query["sql"]]
    assert len(looked_up) == 3


def test_a_guests_order_is_seen_by_its_number_with_a_key_too(shop: Shop) -> None:
    guests = make_order([], customer_name="Ada Lovelace")
    response = shop.get(guests.number, Authorization=key())
    assert response.status_code == 200
    assert "Ada" not in response.text


def test_what_a_client_sees_is_kept_apart_from_what_others_see(shop: Shop, order: Order) -> None:
    mine, others = shop.get(order.number, Authorization=key()), shop.get(order.number)
    assert mine["ETag"] != others["ETag"]
    assert (mine["Vary"], others["Vary"]) == ("Authorization", "Authorization")
    assert mine["Cache-Control"] == "private, no-cache"
    assert shop.get(order.number, Authorization=key(), If_None_Match=others["ETag"]).status_code == 200
    assert shop.get(order.number, Authorization=key(), If_None_Match=mine["ETag"]).status_code == 304


def test_keys_of_two_clients_never_meet(shop: Shop) -> None:
    for text in (key("front"), key("till")):
        assert shop.post(BODY, Authorization=text, Idempotency_Key="order-1").status_code == 201
    assert Order.objects.count() == 2


def test_a_client_gets_its_first_answer_again_with_the_key_that_took_its_keys_place(shop: Shop) -> None:
    first = shop.post(BODY, Authorization=key(), Idempotency_Key="order-1")
    again = shop.post(BODY, Authorization=key(), Idempotency_Key='"order-1"')
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"


def test_a_key_costs_one_look_up(shop: Shop) -> None:
    text = key()
    shop.get("x", Authorization=text)  # Notes its use.
    with CaptureQueriesContext(connection) as plain:
        shop.post(BODY)
    with CaptureQueriesContext(connection) as keyed:
        shop.post(BODY, Authorization=text)
    assert len(keyed) == len(plain) + 1


def test_no_log_has_a_key_in_it(shop: Shop, caplog: Any) -> None:
    text = key()
    with caplog.at_level(logging.DEBUG):
        shop.post(BODY, Authorization=text)
        shop.get("x", Authorization=text)
        shop.post(BODY, Authorization=text + "0")
    assert text.rpartition("_")[2] not in caplog.text


def test_a_program_that_orders_over_rabbitmq_may_have_a_key_of_the_same_name(shop: Shop) -> None:
    order = make_order([], client="amqp:till", reference="A-17")
    assert shop.get(order.number, Authorization=key("amqp:till")).json()["reference"] == "A-17"
    problem(shop.get(order.number, Authorization=key("till")), 404)
