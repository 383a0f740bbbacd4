"""Plain SQL means what the ORM means: tried on whatever database the tests run on."""

import pytest

from orders.database import rows
from orders.models import Destination, Product

pytestmark = pytest.mark.django_db


def product(**more: object) -> Product:
    return Product(sku="Q'%s\\", name="Ring; twice", price="7.50", bin_location="A-01", **more)


def test_a_new_row_is_as_the_orm_saves_it() -> None:
    row = product()
    assert rows.insert_new(row)
    saved = Product.objects.get(sku="Q'%s\\")
    assert (row.pk, row._state.adding) == (saved.pk, False)
    assert (saved.name, str(saved.price), saved.active) == ("Ring; twice", "7.50", True)


def test_a_row_that_is_there_already_is_left_alone() -> None:
    assert rows.insert_new(product())
    second = product()
    second.name = "Another"
    assert not rows.insert_new(second)
    assert second.pk is None
    assert Product.objects.get().name == "Ring; twice"


def test_a_row_is_changed_only_while_it_is_as_expected() -> None:
    one, other = (Destination.objects.create(name=name) for name in ("sap", "marketing"))
    assert rows.change(one, {"paused": False}, {"paused": True, "reason": "100 % 'down'"})
    assert not rows.change(one, {"paused": False}, {"reason": "again"})
    assert (one.paused, one.reason) == (True, "100 % 'down'")
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.paused, one.reason, other.paused) == (True, "100 % 'down'", False)
