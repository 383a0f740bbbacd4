import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.numbers import ALPHABET, new_number, read_number, read_typed

SYMBOLS = st.text(ALPHABET, min_size=12, max_size=12)


def grouped(symbols: str) -> str:
    return f"{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"


def test_a_new_number_has_three_groups_and_reads_as_itself() -> None:
    for _ in range(200):
        number = new_number()
        assert [len(group) for group in number.split("-")] == [4, 4, 4]
        assert set(number) <= {*ALPHABET, "-"}
        assert read_number(number) == number


def test_new_numbers_use_every_symbol_in_every_place_and_do_not_repeat() -> None:
    numbers = [new_number().replace("-", "") for _ in range(2000)]
    assert len(set(numbers)) == 2000
    assert all({number[place] for number in numbers} == set(ALPHABET) for place in range(12))


@given(SYMBOLS, st.data())
def test_a_number_is_read_however_a_person_types_it(symbols: str, data: st.DataObject) -> None:
    def typed(symbol: str) -> str:
        alike = {"0": "0Oo", "1": "1IiLl"}.get(symbol, symbol + symbol.lower())
        return data.draw(st.sampled_from(alike))

    dash, space = data.draw(st.sampled_from(["-", ""])), data.draw(st.sampled_from(["", " ", "\n"]))
    by_hand = dash.join("".join(map(typed, group)) for group in grouped(symbols).split("-"))
    assert read_number(space + by_hand + space) == grouped(symbols)


@given(st.text())
def test_anything_else_is_no_number_and_no_fault(text: str) -> None:
    number = read_number(text)
    assert number is None or read_number(number) == number


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZU-", max_size=16))
def test_a_u_and_a_wrong_length_are_no_number(text: str) -> None:
    if "U" in text or len(text.replace("-", "")) != 12:
        assert read_number(text) is None


@pytest.mark.parametrize(
    "typed",
    [
        "7K3M Q9TX 2BDF", "7k3m\u2013q9tx\u20132bdf", "7K3M \u2014 Q9TX \u2014 2BDF",
        "#7K3M-Q9TX-2BDF", "7K3M.Q9TX.2BDF",
        "7K3M\u2011Q9TX\u20112BDF", "\u200e7K3M-Q9TX-2BDF\u202c", "7K3M\u00ad-Q9TX-2BDF", "7K3M\u00a0Q9TX\u30002BDF",
        "７Ｋ３Ｍ－Ｑ９ＴＸ－２ＢＤＦ", "7 K 3 M Q 9 T X 2 B D F", "(7K3M-Q9TX-2BDF)", " 7k3mq9tx2bdf\n",
    ],
)  # fmt: skip
def test_where_only_a_number_can_be_meant_it_is_read_whatever_stands_between(typed: str) -> None:
    assert read_typed(typed) == "7K3M-Q9TX-2BDF"


@pytest.mark.parametrize(
    "typed", ["", "7K3M-Q9TX", "7K3M-Q9TX-2BDF-1", "7K3Mä-Q9TX-2BDF", "7K3U-Q9TX-2BDF", "7K3M-Q9TX-2BDF" + " " * 60]
)
def test_what_has_other_letters_or_another_length_is_none(typed: str) -> None:
    assert read_typed(typed) is None
