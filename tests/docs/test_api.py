"""docs/api.md is true: its example is an order, and its lengths are those that are checked."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orders.fields import ADDRESS, FIELDS, REQUIRABLE, SHIPPING, Text
from orders.models import Order
from orders.placing import place_order
from orders.wanted import read_wanted
from tests.factories import make_product

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()


def example() -> Any:
    """The order with everything."""
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    return json.loads(text)


@pytest.mark.django_db
def test_the_order_with_everything_is_an_order() -> None:
    make_product(sku="POT-1", price=Decimal("49.90"))
    make_product(id=4_000, sku="CUP", price=Decimal("12.00"))
    order = json.loads(json.dumps(example()).replace('"product_id": 4', '"product_id": 4000'))
    place_order(**vars(read_wanted(order, REQUIRABLE.keys() - {"shipping.address.state"})))
    assert str(Order.objects.get().amount) == example()["total"]


def test_every_field_is_in_the_table_with_the_length_that_is_checked() -> None:
    table = PAGE[PAGE.index("| field | what it takes |") :].split("\n\n")[0]
    told: dict[str, int] = {}
    for row in table.splitlines()[2:]:
        names, _, lengths = (cell.strip() for cell in row.strip("|").split("|"))
        parts = [
            name if not name.startswith(".") else f"shipping.address{name}" for name in re.findall(r"`([^`]+)`", names)
        ]
        counts = [int(count) for count in re.findall(r"\b\d+\b", lengths)] or [0]
        told |= dict(zip(parts, counts, strict=False)) | {part: told.get(part, 0) for part in parts[len(counts) :]}
    fields = {
        **FIELDS,
        **{f"shipping.{name}": reader for name, reader in SHIPPING.items()},
        **{f"shipping.address.{name}": reader for name, reader in ADDRESS.items()},
    }
    for path, reader in fields.items():
        if isinstance(reader, Text):
            assert told[path] == reader.most, path
    assert fields.keys() - {"shipping", "shipping.address"} <= told.keys()
