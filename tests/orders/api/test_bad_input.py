"""The table of bad input in the design, row by row: what is wrong is said, where it is, and nothing is saved."""

import io
import json
import os
import socket
import subprocess
import sys
import time
from typing import Any

import pytest
from django.db import connections
from django.db.utils import OperationalError
from django.test import Client

from orders.models import Order
from shop.wsgi import application
from tests.orders.api.customer import Shop

NAMED = {"customer_name": "Jo"}


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem details of an answer, whose outside is checked here."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert body["title"]
    return body


def faults(response: Any) -> dict[str, str]:
    """Messages by JSON pointer."""
    body = problem(response, 400)
    assert not Order.objects.exists()
    return {error["pointer"]: error["detail"] for error in body["errors"]}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The body is empty; a JSON object is expected."),
        (b"  \n", "The body is empty; a JSON object is expected."),
        (b"{", "The body is not JSON: expecting property name enclosed in double quotes at line 1, column 2."),
        (b'{"a": NaN}', "The body is not JSON: NaN is no JSON value."),
        (b'{"a": "\xff"}', "The body is not UTF-8 at byte 7."),
        (b"[1]", "A JSON object is expected, in curly brackets."),
        (b"null", "A JSON object is expected, in curly brackets."),
        (
            b"[" * 100_000 + b"]" * 100_000,
            "The body is not JSON we can read: nested too deeply, or a number too long.",
        ),
        (
            b'{"a": ' + b"9" * 5000 + b"}",
            "The body is not JSON we can read: nested too deeply, or a number too long.",
        ),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(shop: Shop, body: bytes, message: str) -> None:
    assert problem(shop.post(body), 400)["detail"] == message


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "application/xml", "", "/"])
def test_another_content_type_is_refused(shop: Shop, content_type: str) -> None:
    problem(shop.post(b'{"customer_name": "Jo", "products_ids": [2]}', content_type), 415)


@pytest.mark.parametrize("charset", ["hex", "rot13", "zlib", "undefined", "utf-16", "nonsense"])
def test_whatever_charset_is_claimed_the_body_is_read_as_utf_8(shop: Shop, charset: str) -> None:
    body = json.dumps(NAMED | {"products_ids": [2]}).encode()
    assert shop.post(body, f"application/json; charset={charset}").status_code == 201


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (None, "Please send text, not null."),
        (7, "Please send text, in quotation marks."),
        (True, "Please send text, in quotation marks."),
        ("", "Please give the customer's name; it is blank."),
        ("  \t ", "Please give the customer's name; it is blank."),
        ("\u200b\u200d", "There is nothing to read in it. Please write at least one letter or sign."),
        ("x" * 201, "The name is longer than 200 characters. Please shorten it."),
        ("Jo\x00", "Character 3 is a control character (U+0000). Please remove it."),
        ("Jo\nhn", "Character 3 is a control character (U+000A). Please remove it."),
        ("Jo\u202ehn", "Character 3 is a control character (U+202E). Please remove it."),
        ("Jo\u2028hn", "Character 3 is a control character (U+2028). Please remove it."),
        ("Jo\ud800", "Character 3 is a control character (U+D800). Please remove it."),
    ],
)
def test_names_that_can_not_be_are_refused(shop: Shop, name: Any, message: str) -> None:
    assert faults(shop.post({"customer_name": name, "products_ids": [2]})) == {"#/customer_name": message}


def test_a_missing_name_and_missing_products_are_told_together(shop: Shop) -> None:
    assert faults(shop.post({"products_ids": "2"})) == {
        "#/customer_name": "Please give the customer's name.",
        "#/products_ids": "Please send a list, in square brackets.",
    }


def test_a_note_is_one_line_of_at_most_500_characters(shop: Shop) -> None:
    body = NAMED | {"products_ids": [2]}
    too_long = "The note is longer than 500 characters. Please shorten it."
    assert faults(shop.post(body | {"note": "x" * 501})) == {"#/note": too_long}
    assert "#/note" in faults(shop.post(body | {"note": "a\nb"}))


NO_ID = "A product id is a whole number, without quotation marks or decimals."


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({}, {"#/products_ids": "Please name what is ordered: a list of product ids, for example [2, 4, 42]."}),
        ({"products_ids": None}, {"#/products_ids": "Please send a list, not null."}),
        ({"products_ids": []}, {"#/products_ids": "Please order at least one product."}),
        ({"products_ids": {}}, {"#/products_ids": "Please send a list, in square brackets."}),
        ({"products_ids": [2, "4"]}, {"#/products_ids/1": NO_ID}),
        ({"products_ids": [2.0, True, None, [2]]}, {f"#/products_ids/{n}": NO_ID for n in range(4)}),
        ({"product_ids": [2, 0, -1]}, {f"#/product_ids/{n}": "A product id is 1 or more." for n in (1, 2)}),
        ({"product_ids": [2**63]}, {"#/product_ids/0": "This number is too large for a product id."}),
        ({"product_ids": [10**400]}, {"#/product_ids/0": "This number is too large for a product id."}),
        (
            {"products_ids": [2], "lines": [{"product_id": 2, "quantity": 1}]},
            {"#/lines": "The products are named twice, in products_ids and here. Please name them once."},
        ),
        ({"lines": []}, {"#/lines": "Please order at least one product."}),
        ({"lines": [2]}, {"#/lines/0": 'A line looks like this: {"product_id": 2, "quantity": 3}.'}),
        (
            {"lines": [{"product_id": 2, "quantity": 1}, {"quantity": 0}]},
            {
                "#/lines/1/product_id": "Please add product_id to this line.",
                "#/lines/1/quantity": "A quantity is between 1 and 9999 pieces.",
            },
        ),
        (
            {"lines": [{"product_id": "2", "quantity": 1.5}]},
            {
                "#/lines/0/product_id": NO_ID,
                "#/lines/0/quantity": "A quantity is a whole number of pieces, without quotation marks or decimals.",
            },
        ),
        (
            {"lines": [{"product_id": 2, "quantity": 9999}, {"product_id": 2, "quantity": 1}]},
            {"#/lines": "At most 9999 pieces of one product can be ordered; of product 2 it is 10000."},
        ),
        (
            {"products_ids": list(range(1, 202))},
            {"#/products_ids": "An order has at most 200 different products; this one has 201."},
        ),
    ],
)
def test_each_wrong_id_and_quantity_is_named_with_its_position(
    shop: Shop, named: dict[str, Any], expected: dict[str, str]
) -> None:
    assert faults(shop.post(NAMED | named)) == expected


def test_unknown_and_inactive_products_are_named_with_their_positions(shop: Shop, dispatched: list[int]) -> None:
    assert faults(shop.post(NAMED | {"products_ids": [2, 77, 5, 77]})) == {
        "#/products_ids/1": "There is no product 77 on sale.",
        "#/products_ids/2": "There is no product 5 on sale.",
        "#/products_ids/3": "There is no product 77 on sale.",
    }
    assert faults(shop.post(NAMED | {"lines": [{"product_id": 78, "quantity": 1}]})) == {
        "#/lines/0": "There is no product 78 on sale."
    }
    assert dispatched == []


def test_half_a_million_wrong_ids_cost_little_and_a_few_are_told(shop: Shop) -> None:
    start = time.process_time()
    assert len(faults(shop.post(b'{"customer_name": "Jo", "products_ids": [' + b"0," * 500_000 + b"0]}"))) == 20
    assert time.process_time() - start < 2


def test_a_body_over_1_mb_is_refused(shop: Shop) -> None:
    body = b'{"customer_name": "' + b"x" * 1024 * 1024 + b'"}'
    assert problem(shop.post(body), 413)["detail"] == "The body is larger than 1 MB."
    assert problem(shop.post(b" " * 5_000_000), 413)


def call(stream: Any, **environ: Any) -> tuple[str, bytes]:
    """The WSGI application itself, where the test client would be too polite."""
    statuses: list[str] = []
    base = Client()._base_environ(  # type: ignore[attr-defined]
        PATH_INFO="/order", REQUEST_METHOD="POST", CONTENT_TYPE="application/json", SERVER_NAME="localhost"
    )
    environ = base | {"wsgi.input": stream, "HTTP_HOST": "localhost"} | environ
    answer = application(environ, lambda status, headers, *rest: statuses.append(status))
    return statuses[0], b"".join(answer)


class Endless(io.RawIOBase):
    """A client that never stops sending; counts what was read."""

    def __init__(self) -> None:
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "asked for everything of an endless body"
        self.taken += size
        return b"[" * size


@pytest.mark.django_db(transaction=True)
def test_a_chunked_body_is_read_and_bounded(catalogue: Any, dispatched: list[int]) -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    status, _ = call(io.BytesIO(b'{"customer_name": "Jo", "products_ids": [2]}'), **chunked)
    assert status.startswith("201")
    endless = Endless()
    status, _ = call(endless, **chunked)
    assert status.startswith("413")
    assert endless.taken < 1_200_000


@pytest.mark.django_db(transaction=True)
def test_a_content_length_over_1_mb_is_refused_before_reading() -> None:
    endless = Endless()
    status, _ = call(endless, CONTENT_LENGTH="1048577")
    assert (status[:3], endless.taken) == ("413", 0)


@pytest.mark.parametrize("length", ["10", "1000", "-1", "ten"])
@pytest.mark.django_db(transaction=True)
def test_a_content_length_that_lies_is_a_bad_request(catalogue: Any, length: str) -> None:
    status, _ = call(io.BytesIO(b'{"customer_name": "Jo", "products_ids": [2]}'), CONTENT_LENGTH=length)
    assert status.startswith("400")
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "number", ["7K3M-Q9TX-2BDF", "7k3m", "x", "1", "%00", "ſſſſ-ſſſſ-ſſſſ", "7K3M-Q9TX-2BDFU", "a" * 3000]
)
def test_unknown_and_malformed_numbers_get_the_same_answer_for_the_same_work(
    shop: Shop, number: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        response = shop.get(number)
    assert problem(response, 404) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no order with this number.",
    }


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options"])
def test_other_methods_are_refused_by_name(shop: Shop, method: str) -> None:
    response = getattr(Client(), method)("/order")
    problem(response, 405)
    assert response["Allow"] == "POST"


@pytest.mark.parametrize("path", ["/", "/orders", "/order/", "/order/a/b", "/favicon.ico"])
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
        ran = subprocess.run(
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
