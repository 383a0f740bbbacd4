"""The table of bad input, field by field: what is wrong is said, where it is, and nothing is saved."""

import time
import unicodedata
from typing import Any, Literal

import pytest

from orders.models import Order, Product
from tests.orders.api.customer import NAMED, Shop, faults


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
        ({"products_ids": [2.5, True, None, [2]]}, {f"#/products_ids/{n}": NO_ID for n in range(4)}),
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
                "#/lines/1/product_id": "Please add product_id or sku to this line.",
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
            {"#/products_ids": "An order has at most 200 different products; this one has more."},
        ),
        (
            {"products_ids": [float(number) for number in range(1, 202)]},
            {"#/products_ids": "An order has at most 200 different products; this one has more."},
        ),
        ({"products_ids": [*map(float, range(1, 202)), 1.5]}, {"#/products_ids/201": NO_ID}),
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


ALIKE = "A SKU is compared to the letter: capitals and small letters differ, and so do 0 and O, 1 and I."


@pytest.mark.parametrize(
    ("sku", "hint"),
    [
        ("sku-2", ""),
        ("SKU-Ⅱ", " Character 5 is ROMAN NUMERAL TWO (U+2161)."),
        ("\u0405KU-2", " Character 1 is CYRILLIC CAPITAL LETTER DZE (U+0405)."),
        ("SK\uff35\u20132", " Character 3 is FULLWIDTH LATIN CAPITAL LETTER U (U+FF35)."),
        ("SKU\u00a02", " Character 4 is NO-BREAK SPACE (U+00A0)."),
        ("SKU-\ue000", " Character 5 is a character without a name (U+E000)."),
    ],
)
def test_of_a_sku_that_may_look_like_another_it_is_said_how(shop: Shop, sku: str, hint: str) -> None:
    told = faults(shop.post(NAMED | {"lines": [{"sku": sku, "quantity": 1}]}))
    assert told == {"#/lines/0": f"There is no product {sku} on sale. {ALIKE}{hint}"}


def test_half_a_million_wrong_ids_cost_little_and_a_few_are_told(shop: Shop) -> None:
    start = time.process_time()
    assert len(faults(shop.post(b'{"customer_name": "Jo", "products_ids": [' + b"0," * 500_000 + b"0]}"))) == 20
    assert time.process_time() - start < 8  # Told one by one they cost more than that.


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_and_notes_are_saved_in_one_form_whichever_came(
    shop: Shop, catalogue: list[Product], dispatched: list[int], form: Literal["NFC", "NFD"]
) -> None:
    body = {"customer_name": "Zoë Nguyễn", "note": "Für Zoë", "products_ids": [2]}
    sent = {name: unicodedata.normalize(form, text) if isinstance(text, str) else text for name, text in body.items()}
    assert shop.post(sent).status_code == 201
    order = Order.objects.get()
    assert (order.customer_name, order.note) == ("Zoë Nguyễn", "Für Zoë")


def test_a_name_is_measured_as_it_is_saved(shop: Shop, catalogue: list[Product], dispatched: list[int]) -> None:
    grows = "\u0958" * 101  # Two characters in NFC.
    assert faults(shop.post({"customer_name": grows, "products_ids": [2]})) == {
        "#/customer_name": "The name is longer than 200 characters. Please shorten it."
    }
    longest = unicodedata.normalize("NFD", "ễ" * 200)
    assert len(longest) == 600
    assert shop.post({"customer_name": longest, "products_ids": [2]}).status_code == 201
