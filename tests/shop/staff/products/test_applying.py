"""All of a file is saved, or nothing; each product it changes has its own line in the history."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from orders.models import Deed, Product, ProductCode, ProductImport
from shop.staff.products import applying
from shop.staff.products.uploads import DoneAlready, Refused, agree, import_at_once, look_at
from tests.factories import make_order, make_product
from tests.shop.staff.products.files import coded, lines, picture, workbook

pytestmark = pytest.mark.django_db
FILE = lines(
    "MUG,Mug,10.50,yes,A-1,4006381333948*12",
    "JUG,Jug,12,no,,",
    "POT,Pot,20,yes,B-2,96385074",
    header="sku,name,price,active,bin,codes",
)


@pytest.fixture
def there() -> list[Product]:
    """Two of the file's three products, and one that it does not name."""
    return [
        coded("4006381333931", sku="MUG", name="Mug", price=Decimal("9.90"), sap_material="FG1"),
        make_product(sku="JUG", name="Jug", price=Decimal(12)),
        make_product(sku="CUP", name="Cup"),
    ]


def test_what_was_shown_is_saved_with_a_line_for_each_product(there: list[Product]) -> None:
    upload, shown = look_at("spring.csv", FILE, by="sara")
    agree(upload.pk, by="sara", shown=shown.fingerprint)
    mug, jug, cup, pot = Product.objects.order_by("pk")
    assert (mug.amount, mug.bin_location, mug.sap_material, jug.active) == (Decimal("10.50"), "A-1", "FG1", False)
    assert (pot.sku, pot.amount, cup.amount) == ("POT", Decimal("20.00"), Decimal("7.77"))
    assert set(ProductCode.objects.values_list("product__sku", "code", "pieces")) == {
        ("MUG", "4006381333948", 12),
        ("POT", "96385074", 1),
    }
    told = {(deed.what, deed.name, deed.detail) for deed in Deed.objects.filter(by="sara")}
    assert told == {
        ("imported", "spring.csv", "1 new, 2 changed, 0 the same"),
        (
            "changed",
            str(mug),
            "price: 9.90 → 10.50; bin_location: empty → A-1; codes: 4006381333931 → 4006381333948*12",
        ),
        ("retired", str(jug), "active: yes → no"),
        ("added", str(pot), ""),
    }
    upload.refresh_from_db()
    assert (bytes(upload.content), upload.done_at is None) == (b"", False)
    assert picture(FILE).counts == "0 new, 0 changed, 3 the same"


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda mug: Product.objects.filter(pk=mug.pk).update(price=11),
        lambda mug: Product.objects.filter(pk=mug.pk).update(bin_location="A-1"),
        lambda mug: mug.delete(),
        lambda mug: make_product(sku="POT", name="Pot"),
        lambda mug: ProductCode.objects.create(product=mug, code="X-7"),
        lambda mug: coded("96385074", sku="TIN"),
        lambda mug: make_product(sku="Pot"),
    ],
)
def test_what_somebody_has_changed_meanwhile_is_told_and_nothing_is_lost(
    there: list[Product], meanwhile: Callable[[Product], object]
) -> None:
    upload, shown = look_at("spring.csv", FILE, by="sara")
    meanwhile(there[0])
    before = list(Product.objects.values()), list(ProductCode.objects.values())
    with pytest.raises(Refused) as refused:
        agree(upload.pk, by="sara", shown=shown.fingerprint)
    assert refused.value.picture.fingerprint != shown.fingerprint or refused.value.picture.faults.count
    assert (list(Product.objects.values()), list(ProductCode.objects.values())) == before
    assert not Deed.objects.exists()
    assert bytes(ProductImport.objects.get().content) == FILE


def test_what_the_file_does_not_touch_may_change_meanwhile(there: list[Product]) -> None:
    upload, shown = look_at("spring.csv", FILE, by="sara")
    Product.objects.filter(sku="MUG").update(sap_material="FG2")
    Product.objects.filter(sku="CUP").update(price=1)
    agree(upload.pk, by="sara", shown=shown.fingerprint)
    assert Product.objects.get(sku="MUG").sap_material == "FG2"


def test_if_the_last_line_can_not_be_saved_none_is(there: list[Product], monkeypatch: pytest.MonkeyPatch) -> None:
    upload, shown = look_at("spring.csv", FILE, by="sara")
    before = list(Product.objects.values())
    monkeypatch.setattr(applying, "_remember", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        agree(upload.pk, by="sara", shown=shown.fingerprint)
    assert list(Product.objects.values()) == before
    assert ProductImport.objects.get().done_at is None


def test_a_sku_that_somebody_adds_in_the_same_moment_is_told_too(
    there: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the comparison and the saving: the database refuses the second one."""
    upload, shown = look_at("spring.csv", FILE, by="sara")
    monkeypatch.setattr(applying, "_lock", lambda: monkeypatch.setattr(applying, "_save", add_first))

    def add_first(*given: Any) -> None:
        make_product(sku="POT", name="Somebody's")
        save(*given)

    save = applying._save
    with pytest.raises(Refused):
        agree(upload.pk, by="sara", shown=shown.fingerprint)
    assert Product.objects.get(sku="MUG").amount == Decimal("9.90")


def test_pressed_twice_it_is_done_once_and_by_who_was_asked(there: list[Product]) -> None:
    upload, shown = look_at("spring.csv", FILE, by="sara")
    with pytest.raises(ProductImport.DoesNotExist):
        agree(upload.pk, by="olga", shown=shown.fingerprint)
    agree(upload.pk, by="sara", shown=shown.fingerprint)
    with pytest.raises(DoneAlready):
        agree(upload.pk, by="sara", shown=shown.fingerprint)
    assert Deed.objects.filter(what="imported").count() == 1


def test_a_file_with_faults_is_not_kept_and_a_new_one_takes_the_place_of_the_last(there: list[Product]) -> None:
    look_at("bad.csv", lines("MUG,,x"), by="sara")
    assert not ProductImport.objects.exists()
    look_at("one.csv", FILE, by="sara")
    look_at("two.csv", FILE, by="sara")
    look_at("other.csv", FILE, by="olga")
    assert set(ProductImport.objects.values_list("name", flat=True)) == {"two.csv", "other.csv"}


def test_orders_of_a_product_stay_as_they_were(there: list[Product]) -> None:
    order = make_order([(there[0], 3)])
    import_at_once("spring.csv", FILE, by="sara")
    line = order.lines.get()
    assert (line.amount, line.sku, line.product_id) == (Decimal("9.90"), "MUG", there[0].pk)


def test_the_command_says_what_would_change_and_does_it(
    there: list[Product], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "spring.xlsx"
    file.write_bytes(workbook(["MUG", "Mug", 10.5], ["POT", "Pot", 20]))
    call_command("import_products", str(file), "--dry-run")
    said = capsys.readouterr().out
    assert "1 new, 1 changed, 0 the same" in said
    assert "changed: line 2, MUG: price: 9.90 → 10.50" in said
    assert not Product.objects.filter(sku="POT").exists()
    call_command("import_products", str(file))
    assert capsys.readouterr().out.endswith("Done.\n")
    assert Deed.objects.get(what="imported").by == "manage.py import_products"
    assert Product.objects.get(sku="POT").amount == Decimal(20)


def test_the_command_names_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "spring.csv"
    with pytest.raises(CommandError, match="can't be read: No such file"):
        call_command("import_products", str(file))
    file.write_bytes(lines("MUG,Mug,dear"))
    with pytest.raises(CommandError, match="Nothing was changed: 1 fault"):
        call_command("import_products", str(file))
    assert "wrong: line 2, price: dear is no price." in capsys.readouterr().out
    assert not Product.objects.exists()
    assert not ProductImport.objects.exists()
