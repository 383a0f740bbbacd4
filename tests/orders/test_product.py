"""What staff may write about a product."""

import pytest
from django.core.exceptions import ValidationError

from orders.models import Product
from tests.factories import make_product

pytestmark = pytest.mark.django_db

BAD = ["Mug\u202e", "Mug\u2028x", "Mug\tx", "Mug\x07", "\u200b", "\ufeff", "\u3164", "Mug\ud800"]


def faults(**fields: str) -> dict[str, list[str]]:
    given = {"sku": "MUG-1", "name": "Mug", "bin_location": "A-03-2", "sap_material": "", "price": "7.77"}
    with pytest.raises(ValidationError) as found:
        Product(**given | fields).full_clean()
    return dict(found.value.message_dict)


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("field", ["sku", "name", "bin_location", "sap_material"])
def test_a_text_that_would_spoil_a_slip_is_refused(field: str, text: str) -> None:
    assert list(faults(**{field: text})) == [field]


def test_a_sku_that_differs_from_another_in_capitals_alone_is_refused() -> None:
    other = make_product(sku="MUG")
    said = f"MUG is the SKU of product {other.pk}. People would take one for the other."
    assert faults(sku="mug") == {"sku": [said]}


def test_texts_of_all_scripts_are_taken() -> None:
    for name in ("Enamel mug", "ถ้วย", "שולחן עץ 12", "क्\u200dष", "李"):
        Product(sku="MUG", name=name, bin_location="א-12", price="7.77").full_clean()


def test_products_from_before_whose_skus_differ_in_capitals_alone_can_still_be_changed() -> None:
    make_product(sku="MUG")
    twin = make_product(sku="mug")
    twin.name = "Another mug"
    twin.full_clean()
