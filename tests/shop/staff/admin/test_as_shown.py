"""Two people with the same form open: neither undoes unseen what the other has changed."""

import re
import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.forms import modelform_factory
from django.test import Client

from orders.models import Deed, Product, ProductCode
from printing.models import Printer
from shop.staff.admin import as_shown
from shop.staff.admin.product import ProductAdmin, ProductForm
from shop.staff.admin.retiring import sell
from tests.factories import make_order, make_product
from tests.shop.staff.conftest import staff

MARK = re.compile(r'name="as_shown" value="([^"]+)"')


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
    assert "price is 34.00 now (you had 31.20). sales changed (price: 31.20 → 34.00)." in answer.text
    assert 'value="B-7"' in answer.text
    kettle.refresh_from_db()
    assert (str(kettle.price), kettle.bin_location) == ("34.00", "")
    assert Deed.objects.filter(what=Deed.What.CHANGED).count() == 1


def with_codes(form: dict[str, Any], *codes: ProductCode) -> dict[str, Any]:
    """The form, with the codes as its page shows them."""
    count = {"codes-TOTAL_FORMS": len(codes), "codes-INITIAL_FORMS": len(codes)}
    fields: dict[str, Any] = {}
    for place, one in enumerate(codes):
        fields |= {f"codes-{place}-id": one.pk, f"codes-{place}-product": one.product_id}
        fields |= {f"codes-{place}-code": one.code, f"codes-{place}-pieces": one.pieces}
    return form | count | fields


def test_codes_that_somebody_changed_meanwhile_are_not_changed_back(kettle: Product) -> None:
    code = ProductCode.objects.create(product=kettle, code="4006381333931")
    sara, boss = staff("sales"), staff("")
    first, second = (with_codes(opened(client, kettle), code) for client in (sara, boss))
    assert sara.post(address(kettle), first | {"codes-0-pieces": 6}).status_code == 302
    answer = boss.post(address(kettle), second | {"bin_location": "B-7"})
    assert "list of codes is 4006381333931*6 now (you had 4006381333931)" in answer.text
    assert "sales changed (codes: 4006381333931 → 4006381333931*6)." in answer.text
    code.refresh_from_db()
    kettle.refresh_from_db()
    assert (code.pieces, kettle.bin_location) == (6, "")


@pytest.mark.parametrize("change", ["added", "deleted"])
def test_a_code_that_came_or_went_meanwhile_is_told(kettle: Product, boss: Client, change: str) -> None:
    code = ProductCode.objects.create(product=kettle, code="4006381333931")
    form = with_codes(opened(boss, kettle), code)
    if change == "added":
        ProductCode.objects.create(product=kettle, code="MAT-7")
    else:
        code.delete()
    now = "4006381333931; MAT-7" if change == "added" else "empty"
    assert f"list of codes is {now} now (you had 4006381333931)" in boss.post(address(kettle), form).text


def test_what_was_deleted_in_the_same_moment_is_not_put_in_again(kettle: Product) -> None:
    form = modelform_factory(Product, ProductForm, fields=["name", "price"])
    shown = as_shown.mark(form(instance=kettle), 0)
    late = form({"name": "Kettle", "price": "34.00"}, instance=Product.objects.get(pk=kettle.pk))
    kettle.delete()
    with pytest.raises(ValidationError, match="Nothing is saved"):
        as_shown.refuse_unseen(late, shown)


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


def test_who_retires_a_product_and_who_changes_it_are_both_told(kettle: Product) -> None:
    sara, boss = staff("sales"), staff("")
    first, second = opened(sara, kettle), opened(boss, kettle)
    sell(Product.objects.all(), active=False, by="lena")
    first = first | {"as_shown": opened(sara, kettle)["as_shown"], "price": "34.00"}
    del first["active"]
    assert sara.post(address(kettle), first).status_code == 302
    answer = boss.post(address(kettle), second)
    assert "price is 34.00 now (you had 31.20), active is no now (you had yes)." in answer.text
    assert "lena took it off sale. sales changed (price: 31.20 → 34.00)." in answer.text
    kettle.refresh_from_db()
    assert not kettle.active


def test_a_change_while_the_page_is_made_is_not_taken_for_shown(
    kettle: Product, boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = ProductAdmin.render_change_form

    def late(*args: Any, **options: Any) -> Any:
        Product.objects.update(price="34.00")
        return draw(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(ProductAdmin, "render_change_form", late)
        form = opened(boss, kettle)
    answer = boss.post(address(kettle), form | {"price": "31.20"})
    assert "price is 34.00 now (you had 31.20)" in answer.text


@pytest.mark.usefixtures("on_postgresql")
@pytest.mark.django_db(transaction=True)
def test_an_order_is_placed_while_its_product_is_being_saved() -> None:
    kettle, failed = make_product(sku="KETTLE-3"), []
    page = opened(staff(""), kettle)["as_shown"]

    def order() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            make_order([(kettle, 1)])
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    form = modelform_factory(Product, form=ProductForm, fields="__all__")(instance=kettle)
    with transaction.atomic():
        as_shown.refuse_unseen(form, page)
        thread = threading.Thread(target=order)
        thread.start()
        thread.join()
    assert not failed
