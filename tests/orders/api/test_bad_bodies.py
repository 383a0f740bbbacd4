"""Bodies that are no order at all: no JSON, too large, of another length than they say."""

import io
import json
from typing import Any

import pytest
from django.test import Client

from orders.models import Order
from shop.bodies import readable
from shop.wsgi import application
from tests.orders.api.customer import NAMED, Shop, problem

WIDE = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
UTF_16_OR_32 = "The body is UTF-16 or UTF-32. Please send JSON in UTF-8."


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The body is empty; a JSON object is expected."),
        (b"\xef\xbb\xbf", "The body is empty; a JSON object is expected."),
        *((f'{{"a": {encoding!r}}}'.encode(encoding), UTF_16_OR_32) for encoding in WIDE),
        (b"  \n", "The body is empty; a JSON object is expected."),
        (b"{", "The body is not JSON: expecting property name enclosed in double quotes at line 1, column 2."),
        (b'{"a": NaN}', "The body is not JSON: NaN is no JSON value."),
        (b'{"a": "\xff"}', "The body is not UTF-8 at byte 7."),
        (b'{"note": "a", "note": "b"}', 'The body has the key "note" twice in one object.'),
        (b'{"lines": [{"a": {"b": 1, "b": 1}}]}', 'The body has the key "b" twice in one object.'),
        (b"[1]", "A JSON object is expected, in curly brackets."),
        (b"null", "A JSON object is expected, in curly brackets."),
        (
            b"[" * 10_000 + b"]" * 10_000,
            "The body is not JSON we can read: nested too deeply, or a number too long.",
        ),
        (b"[" * 20_001, "The body has more than 20000 objects and lists, too many for an order."),
        (
            b'{"a": 1.' + b"0" * 400 + b"}",
            "The body is not JSON we can read: nested too deeply, or a number too long.",
        ),
        (b'{"a": 1e401}', "The body is not JSON we can read: nested too deeply, or a number too long."),
        (
            b'{"a": 1e-99999999999999999999}',
            "The body is not JSON we can read: nested too deeply, or a number too long.",
        ),
        (b'{"shipping": {"address": {"city": "a", "city": "a"}}}', 'The body has the key "city" twice in one object.'),
        (b'{"a": -Infinity}', "The body is not JSON: -Infinity is no JSON value."),
        (
            b'{"a": ' + b"9" * 5000 + b"}",
            "The body is not JSON we can read: nested too deeply, or a number too long.",
        ),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(shop: Shop, body: bytes, message: str) -> None:
    assert problem(shop.post(body), 400)["detail"] == message


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/xml",
        "",
        "/",
        "*/*",
        "application/*",
        "*/json; q=1",
        "text/*",
        "a/" + "b" * 5000,
    ],
)
def test_another_content_type_is_refused_without_quoting_it(shop: Shop, content_type: str) -> None:
    body = problem(shop.post(b'{"customer_name": "Jo", "products_ids": [2]}', content_type), 415)
    words = "The content type is another than application/json, or is missing. Please send JSON."
    assert (body["type"], body["detail"]) == ("/problems/wrong-type", words)


@pytest.mark.parametrize("charset", ["hex", "rot13", "zlib", "undefined", "utf-16", "nonsense"])
def test_whatever_charset_is_claimed_the_body_is_read_as_utf_8(shop: Shop, charset: str) -> None:
    body = json.dumps(NAMED | {"products_ids": [2]}).encode()
    assert shop.post(body, f"application/json; charset={charset}").status_code == 201


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


ODD_TYPES = [
    *(f"charset={name}" for name in ("hex", "undefined", "idna", "punycode", "utf-16", "utf-8", '"a\0b"', "nonsense")),
    "a*=nonsense''%41", "a*=utf-8''x; a*0=y", "a*=idna''%41", f"a*{'9' * 5000}=x", "charset*=hex''%41", ";;=", '="',
]  # fmt: skip


@pytest.mark.parametrize("query", ["", "reference=%C3%BC", "&".join(["a=1"] * 1001)], ids=["none", "one", "1001"])
@pytest.mark.django_db(transaction=True)
def test_no_parameter_of_a_content_type_is_a_fault(catalogue: Any, dispatched: list[int], query: str) -> None:
    """Django reads them, and the address in their charset, before any view is called."""
    body = json.dumps(NAMED | {"products_ids": [2]}).encode()
    expected = ("201 Created", "400 Bad Request" if query else "200 OK")
    for odd in ODD_TYPES:
        asked = {"CONTENT_TYPE": f"application/json; {odd}", "QUERY_STRING": query}
        placed, _ = call(io.BytesIO(body), CONTENT_LENGTH=str(len(body)), **asked)
        listed, _ = call(io.BytesIO(), REQUEST_METHOD="GET", PATH_INFO="/product", **asked)
        assert (placed, listed) == expected, odd[:40]


def test_a_form_keeps_the_boundary_between_its_parts() -> None:
    form = "multipart/form-data; boundary=-a1"
    assert readable(form) == form
    assert readable(f"{form}; charset=hex") == 'multipart/form-data; boundary="-a1"'


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


@pytest.mark.parametrize("coding", ["gzip, chunked", "deflate,chunked", "x"])
@pytest.mark.django_db(transaction=True)
def test_a_coding_that_nobody_takes_off_is_refused_whatever_the_body_looks_like(catalogue: Any, coding: str) -> None:
    body = io.BytesIO(b'{"customer_name": "Jo", "products_ids": [2]}')
    status, told = call(body, HTTP_TRANSFER_ENCODING=coding, **{"wsgi.input_terminated": True})
    assert (status[:3], json.loads(told)["detail"]) == (
        "400",
        "The desk knows no other Transfer-Encoding than chunked.",
    )
    assert not Order.objects.exists()


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
