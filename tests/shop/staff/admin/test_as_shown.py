"""Two people with the same form open: neither undoes unseen what the other has changed."""

import re
from typing import Any

import pytest
from django.test import Client

from orders.models import Deed, Product
from printing.models import Printer
from tests.factories import make_product
from tests.shop.staff.conftest import staff

MARK = re.compile(r'name="as_shown" value="(\w{64})"')


@pytest.fixture
def kettle(db: None) -> Product:
    return make_product(sku="KETTLE-3", name="Kettle", price="31.20")


def opened(client: Client, product: Product) -> dict[str, Any]:
    """The fields as the page shows them."""
    found = MARK.search(client.get(address(product)).text)
    assert found
    product.refresh_from_db()
    shown = {"sku": product.sku, "name": product.name, "price": str(product.price), "active": "on"}
    return shown | {"bin_location": product.bin_location, "sap_material": product.sap_material, "as_shown": found[1]}


def address(product: Product) -> str:
    return f"/admin/orders/product/{product.pk}/change/"


def test_what_the_first_saved_is_told_to_the_second_and_stays(kettle: Product) -> None:
    sara, boss = staff("sales"), staff("")
    first, second = opened(sara, kettle), opened(boss, kettle)
    assert sara.post(address(kettle), first | {"price": "34.00"}).status_code == 302
    answer = boss.post(address(kettle), second | {"bin_location": "B-7"})
    assert answer.status_code == 200
    assert "sales has changed this since you opened the page (price: 31.20 → 34.00)." in answer.text
    assert 'value="B-7"' in answer.text
    kettle.refresh_from_db()
    assert (str(kettle.price), kettle.bin_location) == ("34.00", "")
    assert Deed.objects.filter(what=Deed.What.CHANGED).count() == 1


def test_who_has_read_it_saves_what_is_right(kettle: Product, boss: Client) -> None:
    form = opened(boss, kettle)
    Product.objects.update(name="Kettle, blue")
    answer = boss.post(address(kettle), form)
    assert "Somebody has changed this since you opened the page." in answer.text
    again = MARK.search(answer.text)
    assert again
    mine = form | {"as_shown": again[1], "name": "Kettle, blue, 1 l"}
    assert boss.post(address(kettle), mine).status_code == 302
    kettle.refresh_from_db()
    assert kettle.name == "Kettle, blue, 1 l"


def test_a_change_of_what_the_form_does_not_show_is_none(printer: Printer, boss: Client) -> None:
    page = f"/admin/printing/printer/{printer.pk}/change/"
    found = MARK.search(boss.get(page).text)
    assert found
    Printer.objects.update(state="idle", reasons="")
    form = {"name": "Gate 4", "url": printer.url, "paper": printer.paper, "active": "on", "as_shown": found[1]}
    assert boss.post(page, form).status_code == 302
    printer.refresh_from_db()
    assert printer.name == "Gate 4"
