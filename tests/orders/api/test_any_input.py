"""No input whatever is a fault of the desk: bodies made up by Hypothesis."""

import json
import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.countries import COUNTRIES
from orders.fields import ADDRESS as ADDRESS_FIELDS
from orders.models import Order
from orders.request import code_fault, text_fault, tidy
from tests.orders.api.customer import A_KEY, Shop

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["product_id", "quantity"]), inner),
    max_leaves=10,
)
ANY = st.text() | JSON
ADDRESS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("line1", "line2", "postal_code", "city", "state"), ANY)
    | {"country": st.sampled_from(["IS", "de", "XX"]) | ANY},
)
SHIPPING = st.fixed_dictionaries({}, optional={"name": ANY, "phone": ANY, "address": ADDRESS | JSON})
LIKELY = st.fixed_dictionaries(
    {},
    optional={
        "customer_name": st.text() | JSON,
        "email": st.emails() | ANY,
        "shipping": SHIPPING | JSON,
        "reference": ANY,
        "total": st.decimals(0, 100, allow_nan=False, places=2).map(str) | ANY,
        "currency": st.sampled_from(["EUR", "eur", "USD"]) | ANY,
        "products_ids": st.lists(st.sampled_from([2, 4, 42]) | JSON) | JSON,
        "product_ids": st.lists(st.integers()) | JSON,
        "lines": st.lists(
            st.fixed_dictionaries(
                {"quantity": st.integers() | JSON},
                optional={
                    "product_id": st.sampled_from([2, 5]) | JSON,
                    "sku": st.sampled_from(["SKU-2", "SKU-5"]) | ANY,
                },
            )
        ),
        "note": st.text() | JSON,
    },
)


@settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=LIKELY | JSON)
def test_no_json_body_whatever_is_a_fault_of_the_desk(shop: Shop, body: Any) -> None:
    response = shop.post(json.dumps(body).encode(), Idempotency_Key=A_KEY)
    assert response.status_code in (201, 400, 409, 422), response.content
    assert len(response.content) < 16_000
    assert response.json()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(body=st.binary(max_size=200))
def test_no_bytes_whatever_are_a_fault_of_the_desk(shop: Shop, body: bytes) -> None:
    assert shop.post(body).status_code == 400


def line(most: int) -> Any:
    """A text that may be saved as it is."""
    safe = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp", "Mn", "Mc", "Me"])
    texts = st.text(safe, min_size=1, max_size=most).map(tidy)
    return texts.filter(lambda text: 0 < len(text) <= most and not text_fault(text))


DIGITS = st.text("0123456789 +()/-", min_size=3, max_size=30).map(str.strip)
RIGHT = st.fixed_dictionaries(
    {"customer_name": line(200), "products_ids": st.lists(st.sampled_from([2, 4, 42]), min_size=1, max_size=9)},
    optional={
        "email": st.emails(domains=st.sampled_from(["example.com", "bücher.example"])).filter(
            lambda text: '"' not in text and len(text) <= 241
        ),
        "note": line(500),
        "reference": line(35).filter(lambda text: not code_fault(text)),
        "shipping": st.fixed_dictionaries(
            {},
            optional={
                "name": line(80),
                "phone": DIGITS.filter(lambda text: sum(char.isdecimal() for char in text) >= 3),
                "address": st.fixed_dictionaries(
                    {"country": st.sampled_from(sorted(COUNTRIES))},
                    optional={
                        "line1": line(60),
                        "line2": line(40),
                        "postal_code": st.from_regex(r"[0-9A-Z]([0-9A-Z -]{0,8}[0-9A-Z])?", fullmatch=True),
                        "city": line(40),
                        "state": line(3),
                    },
                ),
            },
        ),
    },
)


@settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(body=RIGHT)
def test_what_is_saved_is_what_was_sent(shop: Shop, body: dict[str, Any]) -> None:
    response = shop.post(json.dumps(body).encode())
    assert response.status_code == 201, response.content
    order = Order.objects.get(number=response.json()["order_num"])
    for name in ("customer_name", "email", "note", "reference"):
        assert getattr(order, name) == body.get(name, ""), name
    shipping = body.get("shipping", {})
    assert (order.shipping_name, order.shipping_phone) == (shipping.get("name", ""), shipping.get("phone", ""))
    for name in ADDRESS_FIELDS:
        assert getattr(order, f"shipping_{name}") == shipping.get("address", {}).get(name, ""), name
    assert sum(line.quantity for line in order.lines.all()) == len(body["products_ids"])
