"""The fields of an order beside its products: what is sent is saved, and what is wrong is said, with a code."""

import json
import unicodedata
from typing import Any

import pytest
from pytest_django import Settings

from orders.models import Order, Shipping
from tests.orders.api.customer import NAMED, Shop, problem

BARE = NAMED | {"products_ids": [2]}
UUID = "6f1c0d3e-8f0b-4a64-9d55-0d7c9b0f4a11"
ADDRESS = {
    "line1": "Laugavegur 3",
    "line2": "2. hæð",
    "postal_code": "101",
    "city": "Reykjavík",
    "state": "1",
    "country": "IS",
}
FULL: dict[str, Any] = {
    "customer_name": "Helgi Möller",
    "email": "helgi@example.com",
    "shipping": {"name": "Jóna Möller", "phone": "+354 555 1234", "address": ADDRESS},
    "lines": [{"sku": "SKU-2", "quantity": 2}, {"product_id": 4, "quantity": 1}],
    "note": "To the back door",
    "reference": "WEB-1001",
    "total": "29.97",
    "currency": "EUR",
}


def codes(response: Any) -> dict[str, str]:
    """Codes by JSON pointer; each has a sentence too."""
    errors = problem(response, 400)["errors"]
    assert not Order.objects.exists()
    assert all(error["detail"] for error in errors)
    return {error["pointer"]: error["code"] for error in errors}


def test_an_order_with_everything_is_saved_as_it_was_sent(shop: Shop) -> None:
    assert shop.post(FULL).status_code == 201
    order = Order.objects.get()
    assert (order.customer_name, order.email, order.note) == (FULL["customer_name"], FULL["email"], FULL["note"])
    assert (order.reference, order.client, str(order.amount), order.currency) == ("WEB-1001", "", "29.97", "EUR")
    assert order.shipping == Shipping("Jóna Möller", "+354 555 1234", **ADDRESS)
    assert [(line.sku, line.quantity) for line in order.lines.all()] == [("SKU-2", 2), ("SKU-4", 1)]


def test_the_tutorial_s_body_is_an_order_as_it_always_was(shop: Shop) -> None:
    assert shop.post({"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}).status_code == 201
    order = Order.objects.get()
    assert (order.email, order.reference, order.shipping) == ("", "", Shipping(name="Helgi Möller"))


TEXTS = {
    "email": 241,
    "reference": 35,
    "shipping.name": 80,
    "shipping.phone": 30,
    "shipping.address.line1": 60,
    "shipping.address.line2": 40,
    "shipping.address.postal_code": 10,
    "shipping.address.city": 40,
    "shipping.address.state": 3,
}
WRONG_TEXTS: list[tuple[Any, str]] = [
    (None, "null"),
    (7, "wrong_type"),
    (1.5, "wrong_type"),
    (True, "wrong_type"),
    ([], "wrong_type"),
    ({}, "wrong_type"),
    ("", "blank"),
    (" \t\n", "blank"),
    ("\u3164", "unreadable"),
    ("a\u200b", ""),
    ("a\x00", "control_character"),
    ("1\n2", "control_character"),
    ("1\r2", "control_character"),
    ("a\u2028b", "control_character"),
    ("a\u202e", "control_character"),
    ("a\ud800", "control_character"),
]


def body_with(path: str, value: Any) -> dict[str, Any]:
    """A bare order with this field; inside an address there is a country."""
    body: dict[str, Any] = json.loads(json.dumps(BARE))
    here = body
    *way, name = path.split(".")
    for step in way:
        here = here.setdefault(step, {"country": "IS"} if step == "address" else {})
    here[name] = value
    return body


@pytest.mark.parametrize(("value", "code"), WRONG_TEXTS)
@pytest.mark.parametrize("path", TEXTS)
def test_a_text_that_can_not_be_is_refused_where_it_stands(shop: Shop, path: str, value: Any, code: str) -> None:
    if path.endswith("state") and isinstance(value, str):
        value = value[:3]
    pointer = "#/" + path.replace(".", "/")
    if value == "a\u200b":  # Joins and the like belong to names in some scripts; people compare codes.
        code = {"email": "not_an_email", "reference": "invisible_character", "shipping.phone": "not_a_phone"}.get(
            path, ""
        )
    if value == "a\u202e":  # Address books copy such signs along.
        code = {"shipping.phone": "not_a_phone", "shipping.address.postal_code": ""}.get(path, code)
    response = shop.post(body_with(path, value))
    if code:
        assert codes(response) == {pointer: code}
    else:
        assert response.status_code == 201


@pytest.mark.parametrize(("path", "most"), TEXTS.items())
def test_a_text_has_the_length_that_sap_has_for_it(shop: Shop, path: str, most: int) -> None:
    longest = {"email": "a@" + "b.cc" * 100, "shipping.phone": "1" * 200}.get(path, "é" * 300)
    assert codes(shop.post(body_with(path, longest[: most + 1]))) == {"#/" + path.replace(".", "/"): "too_long"}
    fits = longest[:most] if path != "email" else ("a" * 60 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 58)
    assert len(fits) == most
    assert shop.post(body_with(path, unicodedata.normalize("NFD", fits))).status_code == 201


@pytest.mark.parametrize(
    "email",
    [
        "jo", "jo@", "@example.com", "jo@localhost", "jo@example", "jo@example..com", "jo doe@example.com",
        "jo@example.com,ann@example.com", "Jo <jo@example.com>", '"a b"@example.com', "jo@[127.0.0.1]", "jo@-a.com",
        "möller@example.com", "jo@exa mple.com", "jo@ex\u2044ample.com", "jo@\u00bf.com", "jo@@example.com",
        "jo@example.com\r\nBcc: ann@example.com", "jo@example.com\nx", "jo@\u0301a.com", "jo@example.com.",
        f"{'a' * 65}@example.com", f"{'a' * 64}@{'.'.join(['ÿ' * 40] * 4)}.example",
    ],
)  # fmt: skip
def test_an_e_mail_that_is_none_is_refused(shop: Shop, email: str) -> None:
    assert codes(shop.post(BARE | {"email": email}))["#/email"] in ("not_an_email", "control_character")


@pytest.mark.parametrize(
    "email", ["jo+shop@example.co.uk", "o'neil@example.com", "jo@bücher.example", "jo@例え.テスト"]
)
def test_an_e_mail_of_any_country_is_taken(shop: Shop, email: str) -> None:
    assert shop.post(BARE | {"email": f" {email} "}).status_code == 201
    assert Order.objects.get().email == email


@pytest.mark.parametrize("phone", ["call me", "12", "+", "1;DROP TABLE", "0800-FLOWERS", "<123>"])
def test_a_phone_number_that_is_none_is_refused(shop: Shop, phone: str) -> None:
    assert codes(shop.post(body_with("shipping.phone", phone))) == {"#/shipping/phone": "not_a_phone"}


@pytest.mark.parametrize("phone", ["112", "+49 (0)30/123-456", "030 123456 ext. 7", "1-800-555-0199 x12", "٠١٢٣٤٥"])
def test_a_phone_number_of_any_country_is_taken(shop: Shop, phone: str) -> None:
    assert shop.post(body_with("shipping.phone", phone)).status_code == 201


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("０３－１２３４－５６７８", "03-1234-5678"), ("＋８１（０）３　１２３４", "+81(0)3 1234"),
        ("03ー1234ー5678", "03-1234-5678"),
        ("\u202a+49 30 1234\u202c", "+49 30 1234"),
        ("\u200e+49\u00ad30\u20601234\ufeff", "+49301234"), ("030–1234", "030-1234"),
        ("030 — 1234", "030 - 1234"), ("030−1234", "030-1234"), ("030\u00a01234", "030 1234"), ("٠٣٠ ١٢٣٤", "٠٣٠ ١٢٣٤"),
        ("030 1234 extension 7", "030 1234 extension 7"), ("1" * 30 + "\u202c", "1" * 30),
    ],
)  # fmt: skip
def test_a_phone_number_is_saved_as_it_is_dialled(shop: Shop, typed: str, saved: str) -> None:
    assert shop.post(body_with("shipping.phone", typed)).status_code == 201
    assert Order.objects.get().shipping.phone == saved


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("１００－０００１", "100-0001"), ("〒100-0001", "100-0001"), ("〒 １００ー０００１", "100-0001"),
        ("01310–100", "01310-100"),
        ("SW1A\u00a01AA", "SW1A 1AA"), ("\u200e10115\u202c", "10115"),
        ("1234567890\u200b", "1234567890"), ("d-26133", "d-26133"),
        ("12345 - 6789", "12345-6789"),
        ("PT-1000-205", "1000-205"), ("BR 01310-100", "01310-100"), ("GB-SW1A 1AA", "SW1A 1AA"),
        ("KY1-1001", "KY1-1001"),
    ],
)  # fmt: skip
def test_a_postal_code_is_saved_in_narrow_signs(shop: Shop, typed: str, saved: str) -> None:
    assert shop.post(body_with("shipping.address.postal_code", typed)).status_code == 201
    assert Order.objects.get().shipping.postal_code == saved


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("jo@example.com\u200b", "jo@example.com"), ("\ufeffjo@exam\u00adple.com", "jo@example.com"),
        ("\u200ejo\u2060@example.com\u3164", "jo@example.com"), ("jo@ｅxample.com", "jo@example.com"),
        ("jo@例え。テスト", "jo@例え.テスト"),
        ("Jo@BÜCHER.example", "Jo@bücher.example"), ("jo@faß.example", "jo@faß.example"),
        ("jo@نامه\u200cای.example", "jo@نامه\u200cای.example"), ("Jo@EXAMPLE.com", "Jo@EXAMPLE.com"),
    ],
)  # fmt: skip
def test_an_e_mail_is_saved_as_it_is_looked_up(shop: Shop, typed: str, saved: str) -> None:
    assert shop.post(BARE | {"email": typed}).status_code == 201
    assert Order.objects.get().email == saved


@pytest.mark.parametrize("country", ["IR", " ir "])
@pytest.mark.parametrize(
    "typed", ["11936-12345", "IR-11936-12345", "11936 12345", "1193612345", "\u06f1" * 5 + "–12345"]
)
def test_a_postal_code_of_iran_is_saved_without_its_dash(shop: Shop, country: str, typed: str) -> None:
    address = {"line1": "Enghelab 1", "city": "Tehran", "country": country, "postal_code": typed}
    assert shop.post(BARE | {"shipping": {"address": address}}).status_code == 201
    saved = Order.objects.get().shipping.postal_code
    assert (len(saved), saved[5:]) == (10, "12345")


@pytest.mark.parametrize("typed", ["12345-67890", "10115 - 10117", "1234 5678 90", "1" * 100_000])
def test_two_codes_or_a_digit_too_many_are_not_made_one(shop: Shop, typed: str) -> None:
    told = codes(shop.post(body_with("shipping.address.postal_code", typed)))
    assert told == {"#/shipping/address/postal_code": "too_long"}


@pytest.mark.parametrize(
    "address", [[], "IR", {"country": "IR"}, {"country": ["IR"]}, {"country": "IR", "postal_code": 1}]
)
def test_an_address_of_iran_that_is_none_is_refused_or_taken_as_any(shop: Shop, address: Any) -> None:
    elsewhere = {**address, "country": "IS"} if isinstance(address, dict) and address["country"] == "IR" else address
    assert [shop.post(BARE | {"shipping": {"address": one}}).status_code for one in (address, elsewhere)] in (
        [400, 400],
        [201, 201],
    )


@pytest.mark.parametrize("reference", ["\u2764\ufe0f", "1\u202f234", "A\u00a017"])
def test_a_reference_may_have_what_keyboards_and_programs_write(shop: Shop, reference: str) -> None:
    """A heart in colours, a thousand as French has it."""
    shop.post(BARE | {"reference": reference})
    assert Order.objects.get().reference == reference


@pytest.mark.parametrize("char", "\u200b\u00ad\ufeff\u3164\u115f\uffa0\u2800\u034f\u17b4")
def test_a_reference_with_a_character_that_nobody_sees_is_refused(shop: Shop, char: str) -> None:
    assert codes(shop.post(BARE | {"reference": f"A{char}17"})) == {"#/reference": "invisible_character"}


@pytest.mark.parametrize("country", ["XX", "UK", "EL", "D", "DEU", "Germany", "ß", "ﬁ", "ＤＥ", "D E", "EU", "ZZ"])
def test_a_country_that_is_none_is_refused(shop: Shop, country: str) -> None:
    body = body_with("shipping.address.country", country)
    assert codes(shop.post(body)) == {"#/shipping/address/country": "unknown_country"}


@pytest.mark.parametrize("country", ["de", " De ", "DE"])
def test_a_country_is_saved_in_capitals(shop: Shop, country: str) -> None:
    assert shop.post(body_with("shipping.address.country", country)).status_code == 201
    assert Order.objects.get().shipping_country == "DE"


def test_an_address_needs_its_country(shop: Shop) -> None:
    for address in ({}, {"city": "Reykjavík"}):
        response = shop.post(BARE | {"shipping": {"address": address}})
        assert codes(response) == {"#/shipping/address/country": "required"}


@pytest.mark.parametrize("path", ["shipping", "shipping.address"])
@pytest.mark.parametrize(
    ("value", "code"), [(None, "null"), ("x", "wrong_type"), ([], "wrong_type"), (1, "wrong_type")]
)
def test_what_has_parts_is_an_object(shop: Shop, path: str, value: Any, code: str) -> None:
    assert codes(shop.post(body_with(path, value))) == {"#/" + path.replace(".", "/"): code}


@pytest.mark.parametrize(
    ("path", "pointer", "hint"),
    [
        ("adress", "#/adress", "shipping.address"),
        ("shiping", "#/shiping", "shipping"),
        ("customerName", "#/customerName", "customer_name"),
        ("shipping.adress", "#/shipping/adress", "address"),
        ("shipping.address.zip_code", "#/shipping/address/zip_code", "postal_code"),
        ("shipping.address.postalcode", "#/shipping/address/postalcode", "postal_code"),
        ("shipping.address.Zip", "#/shipping/address/Zip", "postal_code"),
        ("shipping.address.street", "#/shipping/address/street", "line1"),
        ("plz", "#/plz", "shipping.address.postal_code"),
        ("items", "#/items", "lines"),
        ("name", "#/name", "customer_name"),
        ("amount", "#/amount", "total"),
        ("qty", "#/qty", "lines.quantity"),
        ("qwertz", "#/qwertz", ""),
        ("a/b~c d", "#/a~1b~0c%20d", ""),
        ("x" * 5000, "#/" + "x" * 31 + "%E2%80%A6", ""),
        ("\ud800\x00", "#/%EF%BF%BD%EF%BF%BD", ""),
    ],
)
def test_a_field_nobody_knows_is_refused_by_name(shop: Shop, path: str, pointer: str, hint: str) -> None:
    response = shop.post(body_with(path, 1))
    assert codes(response) == {pointer: "unknown_field"}
    (error,) = response.json()["errors"]
    assert error["detail"].endswith(f"Did you mean {hint}?" if hint else "here.")


def test_a_field_nobody_knows_in_a_line_is_refused_too(shop: Shop) -> None:
    line = {"product_id": 2, "quantity": 1, "quantitiy": 3}
    assert codes(shop.post(NAMED | {"lines": [line]})) == {"#/lines/0/quantitiy": "unknown_field"}


@pytest.mark.parametrize("two", ["2", "2.0", "2e0", "20E-1", "0.2e1"])
def test_a_whole_number_is_an_integer_however_it_is_written(shop: Shop, two: str) -> None:
    for products in (f'"products_ids": [{two}, 2]', f'"lines": [{{"product_id": {two}, "quantity": {two}}}]'):
        assert shop.post(f'{{"customer_name": "Jo", {products}}}'.encode()).status_code == 201
        assert [(line.product_id, line.quantity) for line in Order.objects.get().lines.all()] == [(2, 2)]
        Order.objects.all().delete()


@pytest.mark.parametrize("number", ["2.5", "2e-1", "1e300", "true", '"2"', "-2.5", "2.0000000000000000000001"])
def test_what_is_no_whole_number_is_no_id(shop: Shop, number: str) -> None:
    assert shop.post(f'{{"customer_name": "Jo", "products_ids": [{number}]}}'.encode()).status_code == 400
    body = f'{{"customer_name": "Jo", "lines": [{{"product_id": 2, "quantity": {number}}}]}}'
    assert shop.post(body.encode()).status_code == 400


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"sku": "SKU-2", "product_id": 2, "quantity": 1}, {"#/lines/0/sku": "conflict"}),
        ({"quantity": 1}, {"#/lines/0/product_id": "required"}),
        ({"sku": "SKU-2"}, {"#/lines/0/quantity": "required"}),
        ({"sku": 2, "quantity": 1}, {"#/lines/0/sku": "wrong_type"}),
        ({"sku": None, "quantity": 1}, {"#/lines/0/sku": "null"}),
        ({"sku": "", "quantity": 1}, {"#/lines/0/sku": "blank"}),
        ({"sku": "S\u200bKU", "quantity": 1}, {"#/lines/0/sku": "invisible_character"}),
        ({"sku": "S\u00a0KU", "quantity": 1}, {"#/lines/0": "not_on_sale"}),
        ({"sku": "S" * 65, "quantity": 1}, {"#/lines/0/sku": "too_long"}),
        ({"sku": "SKU-5", "quantity": 1}, {"#/lines/0": "not_on_sale"}),
        ({"sku": "sku-2", "quantity": 1}, {"#/lines/0": "not_on_sale"}),
        ({"sku": "nothing", "quantity": 1}, {"#/lines/0": "not_on_sale"}),
    ],
)
def test_a_line_names_its_product_once_by_id_or_sku(shop: Shop, line: Any, expected: dict[str, str]) -> None:
    assert codes(shop.post(NAMED | {"lines": [line]})) == expected


def test_a_product_named_by_id_and_by_sku_is_one_line(shop: Shop) -> None:
    lines = [{"sku": "SKU-4", "quantity": 2}, {"product_id": 2, "quantity": 1}, {"product_id": 4, "quantity": 3}]
    assert shop.post(NAMED | {"lines": lines}).status_code == 201
    assert [(line.sku, line.quantity) for line in Order.objects.get().lines.all()] == [("SKU-4", 5), ("SKU-2", 1)]
    Order.objects.all().delete()
    lines = [{"sku": "SKU-4", "quantity": 9999}, {"product_id": 4, "quantity": 1}]
    assert codes(shop.post(NAMED | {"lines": lines})) == {"#/lines": "out_of_range"}


def test_a_shop_insists_on_what_it_needs(shop: Shop, settings: Any) -> None:
    settings.ORDER_REQUIRES = ("shipping", "email")
    assert codes(shop.post(BARE)) == {"#/shipping": "required", "#/email": "required"}
    only = BARE | {"email": "jo@example.com"}
    assert codes(shop.post(only | {"shipping": {}})) == {"#/shipping/address": "required"}
    assert codes(shop.post(only | {"shipping": None})) == {"#/shipping": "null"}
    assert codes(shop.post(only | {"shipping": {"address": {"country": "IS", "city": ""}}})) == {
        "#/shipping/address/line1": "required",
        "#/shipping/address/city": "blank",
    }
    assert shop.post(FULL).status_code == 201


def test_all_that_is_wrong_is_told_at_once_and_no_more_than_twenty(shop: Shop) -> None:
    assert codes(shop.post({"email": "x", "shipping": {"phone": "x", "address": {"x": 1}}, "total": -1})) == {
        "#/customer_name": "required",
        "#/email": "not_an_email",
        "#/shipping/phone": "not_a_phone",
        "#/shipping/address/country": "required",
        "#/shipping/address/x": "unknown_field",
        "#/total": "out_of_range",
        "#/products_ids": "required",
    }
    many = {f"x{n}": n for n in range(30)}
    assert len(codes(shop.post(many | {"shipping": many, "lines": [many] * 30}))) == 20


def test_a_repeat_gets_the_first_answer_though_the_shop_insists_on_more_since(shop: Shop, settings: Settings) -> None:
    first = shop.post(BARE, Idempotency_Key=UUID)
    settings.ORDER_REQUIRES = ("email",)
    again = shop.post(BARE, Idempotency_Key=UUID)
    assert (again.status_code, again.json(), again["Idempotency-Replayed"]) == (201, first.json(), "true")
    for key in (UUID.replace("6", "7"), UUID):
        assert problem(shop.post(BARE | {"note": key}, Idempotency_Key=key), 400)["type"] == "/problems/not-accepted"
    assert Order.objects.count() == 1
