"""What a file would change, and what is wrong with it, line by line."""

from decimal import Decimal

import pytest
from pytest_django import Settings

from orders.models import Product
from shop.staff.products import faults
from shop.staff.products.table import Unreadable
from tests.factories import make_product
from tests.shop.staff.products.files import coded, lines, picture, workbook

pytestmark = pytest.mark.django_db


def test_new_changed_and_same_are_told_apart_and_nothing_is_saved() -> None:
    coded("4006381333931", sku="MUG", name="Mug", price=Decimal("9.90"), bin_location="A-1")
    make_product(sku="JUG", name="Jug", price=Decimal(12))
    before = list(Product.objects.values())
    found = picture(
        lines(
            "MUG,Mug,10.50,A-1,4006381333931; 4006381333948*12",
            "JUG,Jug,12,,",
            "POT,Pot,20,B-2,",
            header="sku,name,price,bin,codes",
        )
    )
    assert found.counts == "1 new, 1 changed, 1 the same"
    assert found.changed[0].detail == "price: 9.90 → 10.50; codes: 4006381333931 → 4006381333931; 4006381333948*12"
    assert found.new[0].detail == "name: empty → Pot; price: empty → 20.00; bin_location: empty → B-2"
    assert found.faults.told == []
    assert list(Product.objects.values()) == before


def test_a_column_that_is_not_there_leaves_its_field_alone() -> None:
    make_product(sku="MUG", name="Mug", bin_location="A-1")
    assert picture(b"sku\nMUG\n").counts == "0 new, 0 changed, 1 the same"
    assert picture(b"sku,bin\nMUG,\n").changed[0].detail == "bin_location: A-1 → empty"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("MUG,Mug,9.90", "The first line has to name the columns: sku, name, price"),
        ("sku,nmae,price", "There is no column “nmae”. Did you mean name?"),
        (
            "sku,name,price,colour",
            "There is no column “colour”. The desk knows sku, name, price, active, bin_location,",
        ),
        ("name,price", "There is no column sku"),
        ("sku,name,Name", "There are two columns name."),
        ("sku,bin,bin_location", "There are two columns bin_location."),
    ],
)
def test_columns_nobody_knows_are_refused_by_name(header: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        picture(lines("MUG,Mug,9.90", header=header))


def test_headings_are_known_however_they_are_written() -> None:
    found = picture(lines("A,a,1,B-1,M1,yes", header="\ufeff SKU ,NAME,Price,Bin Location,SAP-Material,ACTIVE"))
    assert found.columns == ["sku", "name", "price", "active", "bin_location", "sap_material"]


def test_a_file_with_a_header_alone_is_refused() -> None:
    with pytest.raises(Unreadable, match="no line below"):
        picture(lines())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",Mug,1", "line 2, sku: it is empty."),
        ("MUG,,1", "line 2, name: it is empty."),
        ("MUG,Mug,", "line 2, price: it is empty."),
        ("MUG,Mug,-1", "line 2, price: -1 is less than nothing."),
        ("MUG,Mug,9.905", "line 2, price: 9.905 can be read in two ways. Write it with no sign between the"),
        ("MUG,Mug,10.9055", "line 2, price: 10.9055: A price in EUR has at most 2 digits after the point."),
        ("MUG,Mug,12345678901", "line 2, price: 12345678901: A price has at most 10 digits before the point."),
        ("MUG,Mug,9.90 EUR", "line 2, price: 9.90 EUR is no price. Write a number alone, like 1234.50."),
        ("MUG,Mug,1e3", "line 2, price: 1e3 is no price."),
        ("MUG,Mug,٣", "line 2, price: ٣ is no price."),
        ("MUG,=1+1,1", "line 2, name: =1+1 begins like a formula."),
        (f"MUG,{'x' * 201},1", f"line 2, name: {'x' * 31}…: It has 201 characters; there is room for 200."),
        (f"MUG,{'x' * 90_000},1", "line 2, name: it has 90,000 characters."),
        (f"{'X' * 65},Mug,1", f"line 2, sku: {'X' * 31}…: It has 65 characters; there is room for 64."),
        ("MU\u200bG,Mug,1", "line 2, sku: MU\ufffdG: Character 3 is invisible (U+200B)."),
        ("MUG,Mu\x07g,1", "line 2, name: Mu\ufffdg: Character 3 is a control character"),
        ("4.00638E+12,Mug,1", "line 2, sku: 4.00638E+12 was a longer number"),
        ("MUG,Mug", "line 2, price: the line ends before this column."),
        ("MUG,Mug,1,more", "line 2, column 4: there is a value, and the column has no name."),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(line: str, said: str) -> None:
    found = picture(lines(line))
    assert found.faults.told[0].startswith(said)
    assert found.faults.count == 1
    assert not found.changes_something


@pytest.mark.parametrize(
    ("line", "room"),
    [(f"MUG,{'x' * 201},1", "201 characters; there is room for 200."), (f"{'X' * 65},Mug,1", "room for 64.")],
)
def test_what_is_longer_than_its_field_is_told_in_the_desks_own_words(line: str, room: str) -> None:
    (told,) = picture(lines(line)).faults.told
    assert told.endswith(room)
    assert "Ensure" not in told


@pytest.mark.parametrize(
    ("separator", "price", "read"),
    [
        (";", "9,90", "9.90"), (";", "9.90", "9.90"), (",", '"9,9"', "9.90"), (";", "1234,5", "1234.50"),
        (";", "7", "7.00"),
        (";", "1.234,50", ""), (",", '"1,234.50"', ""), (";", "1.234", ""), (";", "1,234", ""), (",", '"1,234"', ""),
        (";", "1 234,50", ""), (";", "1'234.50", ""), (";", "0,500", "0.50"),
    ],
)  # fmt: skip
def test_a_price_is_read_where_it_can_be_read_in_one_way(separator: str, price: str, read: str) -> None:
    found = picture(separator.join(["sku", "name", "price\nMUG", "Mug", price]).encode())
    if read:
        assert found.new[0].detail.endswith(f"price: empty → {read}")
    else:
        assert "can be read in two ways" in found.faults.told[0]


@pytest.mark.parametrize(
    ("currency", "separator", "price", "read"),
    [
        ("KWD", ",", "1.234", "1.234"), ("KWD", ";", "1,234", "1.234"), ("KWD", ",", '"1,234"', ""),
        ("JPY", ";", "1.000", ""), ("JPY", ";", "1000", "1000"), ("JPY", ";", "10,5", ""),
    ],
)  # fmt: skip
def test_a_price_has_the_digits_of_its_currency(
    settings: Settings, currency: str, separator: str, price: str, read: str
) -> None:
    settings.CURRENCY = currency
    found = picture(separator.join(["sku", "name", "price\nMUG", "Mug", price]).encode())
    assert [one.detail.rpartition(" → ")[2] for one in found.new] == ([read] if read else [])


def test_points_and_commas_in_one_file_are_refused() -> None:
    told = picture(lines("A;a;9,90", "B;b;7", "C;c;9.90", "D;d;8,10", header="sku;name;price")).faults.told
    assert told == ["line 4, price: 9.90 has a point, line 2 has a comma. Use one of them."]


def test_a_sku_stands_in_one_line_however_its_letters_are_written() -> None:
    make_product(sku="Jug")
    told = picture(lines("MUG,Mug,1", "POT,Pot,1", "MUG,Mug,1", "mug,Mug,1", "JUG,Jug,1")).faults.told
    assert told == [
        "line 4, sku: MUG stands in line 2 already.",
        "line 5, sku: mug differs by capitals alone from MUG, which stands in line 2 already.",
        "line 6, sku: JUG differs by capitals alone from Jug, which is there already.",
    ]


def test_a_new_product_needs_a_name_and_a_price() -> None:
    assert picture(b"sku,bin\nMUG,A-1\n").faults.told == [
        "line 2, name: MUG is new, and the file has no column name.",
        "line 2, price: MUG is new, and the file has no column price.",
    ]


def test_many_faults_are_counted_and_the_first_are_told() -> None:
    found = picture(lines(*(f"P{number},x,dear" for number in range(500)))).faults
    assert (len(found.told), found.count, found.more) == (faults.MOST_TOLD, 500, 500 - faults.MOST_TOLD)


@pytest.mark.parametrize(
    ("word", "active"),
    [("yes", True), ("NO", False), ("0", False), ("FALSCH", False), ("Wahr", True), ("", True), ("maybe", None)],
)
def test_on_sale_is_yes_or_no(word: str, active: bool | None) -> None:
    make_product(sku="MUG", active=True)
    found = picture(f"sku,active\nMUG,{word}\n".encode())
    if active is None:
        assert found.faults.told == ["line 2, active: maybe is neither yes nor no."]
    else:
        assert [one.detail for one in found.changed] == ([] if active else ["active: yes → no"])
        assert [one.retires for one in found.changed] == ([] if active else [True])


def test_booleans_of_a_workbook_are_read() -> None:
    make_product(sku="MUG")
    assert picture(workbook(["MUG", False], header=("sku", "active"))).changed[0].detail == "active: yes → no"


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ("4006381333931*0", "behind the * stands how many pieces"),
        ("4006381333931*x", "behind the * stands how many pieces"),
        ("*12", "It is empty."),
        ("4,00638E+12", "the spreadsheet program has cut it"),
        ("4.00638E+12", "the spreadsheet program has cut it"),
        ("X" * 65, "longer than 64"),
        ("A B A*2", "A stands there twice, with other pieces."),
    ],
)
def test_codes_that_can_not_be_are_told(codes: str, said: str) -> None:
    make_product(sku="MUG")
    assert said in picture(f'sku,codes\nMUG,"{codes}"\n'.encode()).faults.told[0]


def test_a_code_is_one_products_and_may_go_to_another() -> None:
    coded("4006381333931", sku="MUG")
    coded("96385074", sku="JUG")
    make_product(sku="POT")
    assert picture(b"sku,codes\nPOT,4006381333931\n").faults.told == ["line 2, codes: 4006381333931 is a code of MUG."]
    assert picture(b"sku,codes\nMUG,\nPOT,4006381333931\n").faults.count == 0
    assert picture(b"sku,codes\nMUG,96385074\nJUG,4006381333931\n").faults.count == 0
    assert picture(b"sku,codes\nMUG,X1\nPOT,x1\n").faults.told == ["line 3, codes: x1 is a code of MUG."]


def test_what_deserves_a_second_look_is_told_and_is_no_hindrance() -> None:
    make_product(sku="00123", price=Decimal(10))
    make_product(sku="MUG", price=Decimal(10))
    found = picture(
        lines(
            '123,New,1,""', "MUG,Mug,1000,4006381333932 036000291452 96385074 ABC 00123", header="sku,name,price,codes"
        )
    )
    assert found.faults.count == 0
    assert sorted(found.doubts.told) == [
        "line 2, sku: 123 is new, and there is 00123: has the program dropped the zeros?",
        "line 3, codes: 00123 is the SKU of another product.",
        "line 3, codes: 4006381333932 has a wrong check digit: 4006381333931 would be right.",
        "line 3, price: 10.00 → 1000.00",
    ]
