"""docs/openapi.json is OpenAPI 3.1, flat, and says what the code says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from rest_framework.serializers import Serializer

from orders import idempotency_key, request
from orders.api import listing, products, serializers
from orders.api.views import OrderViewSet
from orders.fields import ADDRESS, FIELDS, SHIPPING, Text
from orders.models import Order, Step
from orders.models.api_key import Scope
from orders.money import MINOR_UNITS
from orders.naming import LINE_FIELDS, SPELLINGS
from orders.problem_types import TYPES
from shop import cors
from shop.openapi import document, whole
from tests.orders.api.schema import closed

API = Path(__file__).resolve().parents[2] / "docs" / "api.md"
SCHEMAS = document()["components"]["schemas"]


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in it."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(each)


def test_it_is_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(document()).validate()


def test_a_fault_in_it_would_be_seen() -> None:
    broken = document() | {"paths": {"/order": {"get": {"responses": {"200": {}}}}}}
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


def test_it_is_flat_so_that_no_generator_leaves_anything_out() -> None:
    assert not [node for node in nodes(document()) if node.keys() & {"oneOf", "anyOf", "allOf", "not"}]


def test_every_component_is_used_and_every_reference_leads_somewhere() -> None:
    used = {node["$ref"] for node in nodes(document()) if isinstance(node.get("$ref"), str)}
    there = {f"#/components/{kind}/{name}" for kind, all_ in document()["components"].items() for name in all_}
    assert used <= there
    unused = {name for name in there - used if "securitySchemes" not in name}
    assert unused == {"#/components/responses/MethodNotAllowed"}  # Of what is no operation.


def test_every_example_is_as_its_schema_says() -> None:
    count = 0
    for node in nodes(document()):
        for example in node.get("examples", {}).values() if isinstance(node.get("examples"), dict) else ():
            Draft202012Validator(closed(node["schema"])).validate(example["value"])
            count += 1
    assert count > 20


def test_it_has_every_address_of_the_api_and_no_other() -> None:
    resolver = get_resolver("orders.api.urls")
    paths = {
        re.sub(r"%\(\w+\)s", "{}", possible[0])
        for name in ("order-list", "order-detail", "order-cancel", "product-list", "product-detail")
        for possibilities, *_ in resolver.reverse_dict.getlist(name)
        for possible in possibilities
    }
    assert len(resolver.url_patterns) == len(paths)
    told = {re.sub(r"\{\w+\}", "{}", path) for path in document()["paths"]}
    assert told == {f"/{path}" for path in paths} | {"/health", "/health/ready"}


def test_what_an_order_takes_has_the_limits_that_are_checked() -> None:
    told = SCHEMAS["NewOrder"]["properties"]
    assert told.keys() == {*FIELDS, *SPELLINGS}
    assert SCHEMAS["NewShipping"]["properties"].keys() == SHIPPING.keys()
    assert SCHEMAS["NewAddress"]["properties"].keys() == ADDRESS.keys()
    assert SCHEMAS["NewLine"]["properties"].keys() == set(LINE_FIELDS)
    for schema, readers in (("NewOrder", FIELDS), ("NewShipping", SHIPPING), ("NewAddress", ADDRESS)):
        for name, reader in readers.items():
            if isinstance(reader, Text):
                assert SCHEMAS[schema]["properties"][name]["maxLength"] == reader.most, name
    assert not any(SCHEMAS[name]["additionalProperties"] for name in SCHEMAS if name.startswith("New"))


def test_products_and_pieces_have_the_limits_that_are_checked() -> None:
    line, new = SCHEMAS["NewLine"]["properties"], SCHEMAS["NewOrder"]["properties"]
    assert (line["quantity"]["minimum"], line["quantity"]["maximum"]) == (1, request.MAX_QUANTITY)
    assert line["sku"]["maxLength"] == request.MAX_SKU
    for ids in (line["product_id"], new["products_ids"]["items"], new["product_ids"]["items"]):
        assert (ids["minimum"], ids["maximum"]) == (1, request.MAX_ID)
    for name in SPELLINGS:
        assert new[name]["minItems"] == 1
    for name in ("products_ids", "lines"):
        assert f"at most {request.MAX_LINES} different" in new[name]["description"]


@pytest.mark.parametrize("code", [*MINOR_UNITS, "eur"])
def test_a_currency_fits_its_pattern(code: str) -> None:
    assert re.search(SCHEMAS["NewOrder"]["properties"]["currency"]["pattern"], code)


def test_lists_of_values_are_the_code_s() -> None:
    assert SCHEMAS["Order"]["properties"]["status"]["enum"] == Order.Status.values
    assert SCHEMAS["ListedOrder"]["properties"]["status"]["enum"] == Order.Status.values
    assert SCHEMAS["Step"]["properties"]["state"]["enum"] == Step.State.values
    assert SCHEMAS["Problem"]["properties"]["type"]["x-extensible-enum"] == [kind.uri for kind in TYPES.values()]
    page = API.read_text()
    rows = page[page.index("| `code` | what is wrong |") :].split("\n\n")[0].splitlines()[2:]
    codes = {code for row in rows for code in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert set(SCHEMAS["Fault"]["properties"]["code"]["x-extensible-enum"]) == codes
    assert SCHEMAS["NotAccepted"]["properties"]["errors"]["maxItems"] == request.MAX_MESSAGES


@pytest.mark.parametrize(
    ("schema", "serializer"),
    [
        ("Order", serializers.OwnOrderSerializer), ("OrderLine", serializers.OrderLineSerializer),
        ("Step", serializers.StepSerializer), ("Shipment", serializers.ShipmentSerializer),
        ("Shipping", serializers.ShippingSerializer), ("ListedOrder", serializers.ListedOrderSerializer),
        ("CancelledOrder", serializers.CancelledSerializer),
    ],
)  # fmt: skip
def test_an_answer_has_the_serializer_s_fields(schema: str, serializer: type[Serializer[Any]]) -> None:
    assert list(SCHEMAS[schema]["properties"]) == list(serializer().fields)


def test_what_everybody_sees_of_an_order_is_required_and_the_rest_is_not() -> None:
    assert SCHEMAS["Order"]["required"] == list(serializers.OrderSerializer().fields)


def parameters(path: str, where: str) -> dict[str, Any]:
    each = [whole(found) for found in document()["paths"][path]["get"]["parameters"]]
    return {found["name"]: found["schema"] for found in each if found["in"] == where}


def test_parameters_are_those_that_are_read() -> None:
    orders, sold = parameters("/order", "query"), parameters("/product", "query")
    assert orders.keys() == listing.READERS.keys()
    assert (orders["limit"]["default"], orders["limit"]["maximum"]) == (listing.USUAL, listing.MOST)
    assert orders["reference"]["maxLength"] == listing.LONGEST_REFERENCE
    assert orders["status"]["enum"] == Order.Status.values
    assert (sold["limit"]["default"], sold["limit"]["maximum"]) == (products.DEFAULT_LIMIT, products.MOST)
    assert sold["after"]["maximum"] == products.NEVER_ID
    assert SCHEMAS["OrderList"]["properties"]["orders"]["maxItems"] == listing.MOST
    assert SCHEMAS["ProductList"]["properties"]["products"]["maxItems"] == products.MOST


def test_an_idempotency_key_that_fits_is_one() -> None:
    schema = document()["components"]["parameters"]["Idempotency-Key"]["schema"]
    assert schema["maxLength"] == idempotency_key.LONGEST
    for char in map(chr, range(256)):
        fits = re.search(schema["pattern"], char) is not None
        # In quotation marks it may have these two as well.
        assert fits == (0x21 <= ord(char) <= 0x7E and char not in '",'), char
        if fits:
            assert idempotency_key.read(char) == char


def test_scopes_are_those_that_are_asked_for() -> None:
    told = {
        operation["operationId"]: [scope for each in operation["security"] for scope in each.get("apiKey", [])]
        for item in document()["paths"].values()
        for method, operation in item.items()
        if method in ("get", "post")
    }
    names = {"create": "placeOrder", "list": "listOrders", "retrieve": "getOrder", "cancel": "cancelOrder"}
    for action, scope in OrderViewSet.scopes.items():
        assert told[names[action]] == [scope]
    assert told["listProducts"] == told["getProduct"] == [products.ProductViewSet.scopes["list"]]
    assert {scope for scopes in told.values() for scope in scopes} == set(Scope.values)
    (key,) = document()["components"]["securitySchemes"].values()
    assert all(f"`{scope}`" in key["description"] for scope in Scope.values)


def test_scripts_of_other_origins_may_read_and_send_every_header_of_it() -> None:
    told = document()["components"]
    # Browsers read Cache-Control by themselves; the others say nothing to a script.
    assert told["headers"].keys() - {"Vary", "Cache-Control", "WWW-Authenticate"} <= set(cors.READ)
    sent = {each["name"].lower() for each in told["parameters"].values() if each["in"] == "header"}
    assert sent <= set(cors.SENT)
