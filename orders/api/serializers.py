"""The shapes of requests and answers."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from orders.models import Order
from orders.request import MAX_LINES, MAX_NAME, MAX_NOTE, MAX_QUANTITY, id_fault, line_faults, text_fault, tidy

MAX_MESSAGES = 20  # A body of 1 MB can hold half a million mistakes; so many are told.


class TextField(serializers.CharField):
    """A single line; numbers and booleans are not taken for text."""

    default_error_messages = {"invalid": "Please send text, in quotation marks.", "null": "Please send text, not null."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = tidy(data)
        # Before DRF's own validators: a null character would stop them with a less telling message.
        if fault := text_fault(text):
            raise ValidationError(fault)
        return text


class Pieces(serializers.Field[dict[int, int], Any, Any, Any], ABC):
    """A list of what is ordered; becomes pieces by product id, in the sequence in which they were first named.

    One field instead of DRF's list of fields: half a million bad ids must cost milliseconds, not minutes.
    """

    default_error_messages = {
        "required": "Please name what is ordered: a list of product ids, for example [2, 4, 42].",
        "null": "Please send a list, not null.",
        "not_a_list": "Please send a list, in square brackets.",
        "empty": "Please order at least one product.",
        "too_many_lines": "An order has at most {most} different products; this one has {given}.",
        "too_many_pieces": "At most {most} pieces of one product can be ordered; of product {product} it is {given}.",
    }

    def to_internal_value(self, data: Any) -> dict[int, int]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        if not data:
            self.fail("empty")
        if found := self.faults(data):
            raise ValidationError(found)  # type: ignore[arg-type]  # Positions are numbers.
        return self.bounded(self.count(data))

    def faults(self, data: list[Any]) -> dict[int, Any]:
        """Messages by position; the first MAX_MESSAGES of them."""
        found: dict[int, Any] = {}
        for position, item in enumerate(data):
            if message := self.item_faults(item):
                found[position] = message
                if len(found) == MAX_MESSAGES:
                    break
        return found

    def bounded(self, quantities: dict[int, int]) -> dict[int, int]:
        if len(quantities) > MAX_LINES:
            self.fail("too_many_lines", most=MAX_LINES, given=len(quantities))
        for product, pieces in quantities.items():
            if pieces > MAX_QUANTITY:
                self.fail("too_many_pieces", most=MAX_QUANTITY, product=product, given=pieces)
        return quantities

    @abstractmethod
    def item_faults(self, item: Any) -> Any:
        """The messages for one item; nothing if it is well."""

    @abstractmethod
    def count(self, data: list[Any]) -> dict[int, int]:
        """Pieces by product id."""

    @abstractmethod
    def product_of(self, item: Any) -> int:
        """The product an item names."""


class ProductIds(Pieces):
    """`[2, 4, 42]`: an id given twice means two pieces."""

    def item_faults(self, item: Any) -> list[str]:
        return [message] if (message := id_fault(item)) else []

    def count(self, data: list[int]) -> dict[int, int]:
        return dict(Counter(data))

    def product_of(self, item: int) -> int:
        return item


class Lines(Pieces):
    """`[{"product_id": 2, "quantity": 3}]`: lines of the same product are added up."""

    def item_faults(self, item: Any) -> Any:
        return line_faults(item)

    def count(self, data: list[dict[str, int]]) -> dict[int, int]:
        quantities: Counter[int] = Counter()
        for line in data:
            quantities[line["product_id"]] += line["quantity"]
        return dict(quantities)

    def product_of(self, item: dict[str, int]) -> int:
        return item["product_id"]


class PlaceOrderSerializer(serializers.Serializer[Any]):
    """`{"customer_name": "…", "products_ids": [2, 4, 42]}`; `product_ids` and `lines` say the same otherwise."""

    SPELLINGS = ("products_ids", "product_ids", "lines")

    customer_name = TextField(
        max_length=MAX_NAME,
        error_messages={
            "required": "Please give the customer's name.",
            "blank": "Please give the customer's name; it is blank.",
            "max_length": "The name is longer than {max_length} characters. Please shorten it.",
        },
    )
    note = TextField(
        max_length=MAX_NOTE,
        required=False,
        allow_blank=True,
        error_messages={"max_length": "The note is longer than {max_length} characters. Please shorten it."},
    )
    products_ids = ProductIds(required=False)
    product_ids = ProductIds(required=False)
    lines = Lines(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in self.SPELLINGS if name in attrs]
        if not given:
            raise ValidationError({self.SPELLINGS[0]: [Pieces.default_error_messages["required"]]})
        if len(given) > 1:
            message = f"The products are named twice, in {given[0]} and here. Please name them once."
            raise ValidationError({given[1]: [message]})
        return attrs | {"quantities": attrs.pop(given[0])}

    def unknown_products(self, ids: Iterable[int]) -> dict[str, Any]:
        """The message for each place where the request names one of `ids`."""
        name = next(name for name in self.SPELLINGS if name in self.initial_data)
        field, unknown = self.fields[name], set(ids)
        assert isinstance(field, Pieces)  # noqa: S101 - for the type checker
        named = [(position, field.product_of(item)) for position, item in enumerate(self.initial_data[name])]
        found = {position: [f"There is no product {id_} on sale."] for position, id_ in named if id_ in unknown}
        return {name: found}


class OrderLineSerializer(serializers.Serializer[Any]):
    product_id = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    price = serializers.CharField(source="amount")


class StepSerializer(serializers.Serializer[Any]):
    """For customers: the state, no internals and no error texts."""

    name = serializers.CharField()
    state = serializers.CharField()
    finished_at = serializers.DateTimeField()


class OrderSerializer(serializers.Serializer[Order]):
    """Declared field by field: a ModelSerializer would look each up in the model at every request."""

    order_num = serializers.CharField(source="number")
    status = serializers.CharField()
    total = serializers.CharField(source="amount")
    currency = serializers.CharField()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField()
    lines = OrderLineSerializer(many=True)
    steps = StepSerializer(many=True)
