"""What `place_order` and `place_once` make of what is wanted, whichever way it came."""

from decimal import Decimal
from typing import Any

import pytest

from orders.errors import NotAccepted, PriceChanged, ReferenceUsed, UnknownProducts
from orders.models import Order, Product, Shipping
from orders.placing import place_once, place_order
from tests.factories import make_product
from tests.orders.api.test_idempotency_key import in_thread

REFERENCE: dict[str, Any] = {"customer_name": "Jo", "client": "shop-front", "reference": "WEB-1"}


@pytest.fixture
def product(db: None) -> Product:
    return make_product(sku="POT-1", price=Decimal("9.90"))


@pytest.mark.django_db(transaction=True)
def test_a_client_s_reference_is_used_once_and_it_learns_by_which_order(product: Product) -> None:
    first = place_order(**REFERENCE, quantities={product.pk: 1})
    with pytest.raises(ReferenceUsed) as caught:
        place_order(**REFERENCE, quantities={product.pk: 2})
    assert caught.value.number == first.number
    with pytest.raises(ReferenceUsed):
        place_once("k", "body", **REFERENCE, quantities={product.pk: 2})
    again, replayed = place_once("k2", "body", **REFERENCE | {"client": "another"}, quantities={product.pk: 2})
    assert not replayed
    assert place_once("k2", "body", **REFERENCE | {"client": "another"}, quantities={product.pk: 2}) == (again, True)
    assert Order.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_orders_with_one_reference_at_the_same_time_one_is_placed(product: Product) -> None:
    ends: list[str] = []

    def place(key: str) -> None:
        try:
            place_once(key, "body", **REFERENCE, quantities={product.pk: 1})
            ends.append("placed")
        except ReferenceUsed as error:
            ends.append(error.number)

    threads = [in_thread(lambda key=key: place(key)) for key in "abcd"]
    for thread in threads:
        thread.join()
    assert sorted(ends) == sorted(["placed"] + [Order.objects.get().number] * 3)


def test_guests_have_references_of_their_own(product: Product) -> None:
    for _ in range(2):
        place_order(customer_name="Jo", reference="WEB-1", quantities={product.pk: 1})
    assert Order.objects.filter(client="", reference="WEB-1").count() == 2


def test_a_product_goes_by_its_id_and_by_its_sku(product: Product) -> None:
    both: dict[int | str, int] = {"POT-1": 2, product.pk: 1}
    order = place_order(customer_name="Jo", quantities=both)
    line = order.lines.get()
    assert (line.product, line.quantity, str(order.amount)) == (product, 3, "29.70")
    with pytest.raises(NotAccepted):
        place_order(customer_name="Jo", quantities=both | {"POT-1": 9999})
    Product.objects.update(active=False)
    with pytest.raises(UnknownProducts) as caught:
        place_order(customer_name="Jo", quantities=both | {"NONE": 1})
    assert caught.value.products == [product.pk, "NONE", "POT-1"]


def test_without_a_name_of_its_own_a_parcel_goes_to_the_customer(product: Product) -> None:
    order = place_order(customer_name="Jo", quantities={product.pk: 1}, shipping=Shipping(name="", country="IS"))
    assert Order.objects.get(pk=order.pk).shipping == Shipping(name="Jo", country="IS")


@pytest.mark.parametrize(("total", "currency"), [(Decimal("9.91"), ""), (None, "USD"), (Decimal("9.90"), "USD")])
def test_another_price_saves_nothing(product: Product, total: Decimal | None, currency: str) -> None:
    with pytest.raises(PriceChanged):
        place_order(customer_name="Jo", quantities={product.pk: 1}, total=total, currency=currency)
    assert not Order.objects.exists()
