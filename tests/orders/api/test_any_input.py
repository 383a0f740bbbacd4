"""No input whatever is a fault of the desk: bodies made up by Hypothesis."""

import json
import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.orders.api.customer import Shop

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["product_id", "quantity"]), inner),
    max_leaves=10,
)
LIKELY = st.fixed_dictionaries(
    {},
    optional={
        "customer_name": st.text() | JSON,
        "products_ids": st.lists(st.sampled_from([2, 4, 42]) | JSON) | JSON,
        "product_ids": st.lists(st.integers()) | JSON,
        "lines": st.lists(
            st.fixed_dictionaries({"product_id": st.sampled_from([2, 5]) | JSON, "quantity": st.integers() | JSON})
        ),
        "note": st.text() | JSON,
    },
)


@settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=LIKELY | JSON)
def test_no_json_body_whatever_is_a_fault_of_the_desk(shop: Shop, body: Any) -> None:
    response = shop.post(json.dumps(body).encode(), Idempotency_Key="6f1c0d3e-8f0b-4a64-9d55-0d7c9b0f4a11")
    assert response.status_code in (201, 400, 422), response.content
    assert response.json()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_no_bytes_whatever_are_a_fault_of_the_desk(shop: Shop, body: bytes) -> None:
    assert shop.post(body).status_code == 400
