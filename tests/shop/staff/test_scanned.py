"""What scanners and people type is understood, whatever the keyboard is set to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.numbers import new_number
from shop.staff.scanned import Scanned, article_key, letters

N = "7K3M-Q9TX-2BDF"


@pytest.mark.parametrize(
    "typed",
    [
        N, "7k3mq9tx2bdf", " 7K3M Q9TX 2BDF\t", "7K3Mßq9txß2bdf", "7K3M'Q9TX'2BDF", "7K3M–Q9TX—2BDF", "7K3M−Q9TX‑2BDF",
        "７Ｋ３Ｍ－Ｑ９ＴＸ－２ＢＤＦ", f"https://shop.example/order/{N}", f"https://shop.example/track/{N}?from=mail",
        f"http://desk.lan:8000/desk/pack/{N}", f"HTTPS://SHOP.EXAMPLE/TRACK/{N}/", f"/admin/orders/order/?q={N}",
        "httpsÖ--shop.example-track-7K3MßQ9TXß2BDF", "https://shop.example/order/7k3mq9tx2bdf/cancel", f"\ufeff{N}\r\n",
    ],
)  # fmt: skip
def test_an_order_number_is_read_however_it_comes(typed: str) -> None:
    assert Scanned.read(typed).number == N
    assert Scanned.read(typed).is_number


@pytest.mark.parametrize(
    ("typed", "number"), [("OIL0-0000-000o", "0110-0000-0000"), ("l234 5678 9ABC", "1234-5678-9ABC")]
)
def test_letters_that_look_like_digits_are_digits(typed: str, number: str) -> None:
    assert Scanned.read(typed).number == number


@pytest.mark.parametrize(
    "typed", ["", "-", "7K3M-Q9TX", "7K3M-Q9TX-2BDF-X", "4006381333931", "Möller", "https://x/order/"]
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert Scanned.read(typed).number is None
    assert not Scanned.read(typed).is_number


def test_twelve_digits_are_an_articles_code_unless_they_are_in_groups() -> None:
    assert not Scanned.read("036000291452").is_number
    assert Scanned.read("0360-0029-1452").is_number


@given(st.text(" -–'ß./", max_size=3), st.booleans())
def test_any_sign_between_the_groups_will_do(sign: str, small: bool) -> None:
    number = new_number()
    assert Scanned.read(sign.join((number.lower() if small else number).split("-"))).number == number


def test_y_and_z_are_exchanged_once_more() -> None:
    other = Scanned.read("7Z3Y-Q9TX-2BDF").exchanged
    assert other
    assert other.number == "7Y3Z-Q9TX-2BDF"
    assert Scanned.read(N).exchanged is None


@given(st.text())
def test_whatever_is_typed_is_read_without_an_error(typed: str) -> None:
    one = Scanned.read(typed)
    assert (one.number, one.times, one.order_id, one.forms, one.key) is not None
    assert letters(one.text).isascii()
    assert all(form for form in one.forms)


@pytest.mark.parametrize(
    ("typed", "times", "surely"),
    [
        ("12", 12, False),
        ("12x", 12, True),
        ("3 ×", 3, True),
        ("0", None, False),
        ("12345", None, False),
        ("x", None, False),
    ],
)
def test_a_small_number_says_how_many_the_next_scan_is(typed: str, times: int | None, surely: bool) -> None:
    assert (Scanned.read(typed).times, Scanned.read(typed).is_surely_times) == (times, surely)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MAT-0034", "matß0034"), ("MAT-0034", "MAT'OO34"), ("0036000291452", "036000291452"),
        ("00036000291452", "36000291452".zfill(13)), ("]C10104006381333931", "4006381333931"),
        ("010400638133393110LOT7", "4006381333931"), ("LAMP 1", "lamp-I"),
    ],
)  # fmt: skip
def test_codes_that_read_alike_are_one(one: str, other: str) -> None:
    assert article_key(one) == article_key(other)


def test_codes_that_differ_are_two() -> None:
    assert article_key("4006381333931") != article_key("4006381333948")
    assert article_key("00001234") != article_key("1234")


@pytest.mark.parametrize(
    ("typed", "pk"),
    [("https://desk.lan/admin/orders/order/4711/change/", 4711), ("/admin/orders/order/12/parcels/", 12), (N, None),
     ("httpÖ--desk-admin-orders-order-7-change-", 7), ("/admin/orders/order/99999999999999999999/change/", None)],
)  # fmt: skip
def test_the_address_of_an_orders_page_names_its_row(typed: str, pk: int | None) -> None:
    assert Scanned.read(typed).order_id == pk
