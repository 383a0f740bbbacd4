"""Requests that are none of ours, and a desk that can not answer: each gets its problem details."""

import os
import socket
import sys
from typing import Any

import pytest
from django.db import connections
from django.db.utils import OperationalError
from django.test import Client

from orders.models import Order
from tests.factories import make_order
from tests.orders.api.customer import NAMED, Shop, problem
from tests.servers import warm


@pytest.mark.parametrize(
    "number", ["7K3M-Q9TX-2BDF", "7k3m", "x", "1", "%00", "ſſſſ-ſſſſ-ſſſſ", "7K3M-Q9TX-2BDFU", "a" * 3000]
)
def test_unknown_and_malformed_numbers_get_the_same_answer_for_the_same_work(
    shop: Shop, number: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        response = shop.get(number)
    assert problem(response, 404) == {
        "type": "/problems/no-such-order",
        "title": "There is no such order",
        "status": 404,
        "detail": "There is no order with this number.",
    }


@pytest.mark.parametrize("method", ["put", "delete", "patch", "trace"])
def test_other_methods_are_refused_by_name(shop: Shop, method: str) -> None:
    response = getattr(Client(), method)("/order")
    problem(response, 405)
    assert response["Allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/order", "GET, HEAD, POST, OPTIONS"), ("/order/x", "GET, HEAD, OPTIONS"), ("/", "GET, HEAD, OPTIONS")],
)
def test_options_tells_the_methods(shop: Shop, path: str, allowed: str) -> None:
    response = Client().options(path)
    assert (response.status_code, response.content, response["Allow"]) == (204, b"", allowed)


@pytest.mark.parametrize("path", ["/", "/docs/api.md", "/problems/", "/problems/too-large"])
def test_pages_are_only_read_and_say_so_as_the_api_does(path: str) -> None:
    response = Client(enforce_csrf_checks=True).post(path)
    problem(response, 405)
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_what_is_not_as_expected_is_a_412(shop: Shop) -> None:
    order = make_order([], steps=())
    problem(Client().get(f"/order/{order.number}", headers={"If-Match": '"other"'}), 412)


@pytest.mark.parametrize("since", ["Thu, 05 Mar 1998 09:08:07 GMT", "Tue, 04 Jan 2101 00:00:00 GMT", '"other"', "soon"])
def test_nothing_has_a_last_modified_so_that_dates_say_nothing(shop: Shop, since: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#section-13.1.4"""
    order = make_order([], steps=())
    for path in (f"/order/{order.number}", "/product"):
        for header in ("If-Unmodified-Since", "If-Modified-Since"):
            assert Client().get(path, headers={header: since}).status_code == 200


@pytest.mark.parametrize("expected", ["0123", "0123;x", ", ,", '"', "W/0123", '"é'])
def test_an_if_match_that_can_not_be_read_fits_nothing(shop: Shop, expected: str) -> None:
    order = make_order([], steps=())
    for path in (f"/order/{order.number}", "/product"):
        problem(Client().get(path, headers={"If-Match": expected}), 412)
        assert Client().get(path, headers={"If-Match": " "}).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "GZIP", "identity, gzip", "x"])
def test_a_compressed_body_is_refused_with_words(shop: Shop, encoding: str) -> None:
    response = shop.post(NAMED | {"products_ids": [2]}, Content_Encoding=encoding)
    assert problem(response, 415)["detail"].startswith("The body is compressed or encoded (Content-Encoding)")
    assert not Order.objects.exists()


def test_a_body_as_it_is_may_say_so(shop: Shop) -> None:
    assert shop.post(NAMED | {"products_ids": [2]}, Content_Encoding="identity").status_code == 201


@pytest.mark.parametrize("path", ["/orders", "/order/", "/order/a/b", "/nowhere.ico"])
def test_unknown_paths_are_problems_too(shop: Shop, path: str) -> None:
    assert problem(Client().get(path), 404)["detail"] == "There is nothing at this address."


def test_any_accept_header_gets_json(shop: Shop) -> None:
    assert shop.post(NAMED | {"products_ids": [2]}, Accept="text/html").status_code == 201


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_database_that_is_down_is_a_503_with_retry_after(
    shop: Shop, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection refused for user desk")

    monkeypatch.setattr(type(connections["default"]), "cursor", refuse)
    response = shop.get("7K3M-Q9TX-2BDF") if method == "get" else shop.post(NAMED | {"products_ids": [2]})
    monkeypatch.undo()
    body = problem(response, 503)
    assert response["Retry-After"] == "5"
    assert "user desk" not in response.text
    assert ("read" in body["detail"]) == (method == "get")
    assert not Order.objects.exists()


def test_a_real_database_that_is_gone_is_a_503_for_post_get_and_health() -> None:
    with socket.socket() as closed:  # Bound, so that nobody else gets the port, and not listening.
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://desk:secret@127.0.0.1:{closed.getsockname()[1]}/desk"
        ask = """if True:
            import django; django.setup()
            from django.test import Client
            post = Client().post("/order", {"customer_name": "Jo", "products_ids": [2]}, "application/json")
            get, ready = Client().get("/order/7K3M-Q9TX-2BDF"), Client().get("/health/ready")
            for answer in (post, get):
                assert answer["Retry-After"] == "5", answer.headers
                assert "secret" not in answer.text, answer.text
            print(post.status_code, get.status_code, ready.status_code)
        """
        environment = os.environ | {
            "SHOP_DATABASE_URL": url,
            "SHOP_ALLOWED_HOSTS": "testserver",
            "DJANGO_SETTINGS_MODULE": "shop.settings",
        }
        ran = warm.run(
            [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, timeout=60, check=False
        )
    assert ran.stdout.split() == ["503", "503", "503"], ran.stderr


def test_too_many_orders_are_a_429_with_retry_after(shop: Shop, settings: Any) -> None:
    settings.ORDER_RATE = "2/hour"
    for _ in range(2):
        assert shop.post(NAMED | {"products_ids": [2]}).status_code == 201
    response = shop.post(NAMED | {"products_ids": [2]})
    assert "Too many orders" in problem(response, 429)["detail"]
    assert 0 < int(response["Retry-After"]) <= 3600
    assert shop.get("7K3M-Q9TX-2BDF").status_code == 404  # Reading is not bounded.
