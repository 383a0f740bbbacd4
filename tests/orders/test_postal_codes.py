"""A postal code that a country can't have is a warning for staff."""

import pytest

from orders.countries import COUNTRIES
from orders.postal_codes import postal_code_warning
from shop.operations.traffic.people import PEOPLE


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("DE", "26133"), ("DE", "D-26133"), ("GB", "SW1A 1AA"), ("GB", "sw1a1aa"), ("GB", "GIR 0AA"), ("HK", "x"),
        ("US", "95014-1234"), ("LU", "L-4750"), ("IE", "A65 F4E2"), ("PL", "00-238"), ("DE", ""),
        ("", "1"), ("XX", "1"), ("../DE", "1"),
    ],
)  # fmt: skip
def test_a_code_that_can_be_is_no_warning(country: str, code: str) -> None:
    assert postal_code_warning(country, code) == ""


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("IN", "110 001"), ("PL", "00950"), ("PL", "00 950"), ("PT", "1000205"), ("PT", "1000 205"), ("LV", "1010"),
        ("LV", "LV1010"), ("AZ", "AZ1000"), ("AZ", "AZ 1000"), ("MD", "MD2001"), ("BR", "01.310-100"),
        ("CL", "832-0000"), ("CA", "K1A-0B1"), ("NL", "1012  AB"), ("US", "950141234"), ("DE", "D 26133"),
        ("AT", "AT 1010"), ("SE", "SE11351"), ("SE", "SE 113 51"), ("KY", "KY1-1100"), ("AD", "500"),
        ("SA", "11564-1234"), ("SA", "115641234"), ("JP", "1000001"),
    ],
)  # fmt: skip
def test_a_code_that_is_written_another_way_is_no_warning(country: str, code: str) -> None:
    assert postal_code_warning(country, code) == ""


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("DE", "KY1-1100"), ("IS", "AD500"), ("AT", "BT2328"), ("AT", "VLT 1117"), ("DE", "XX26133"), ("BN", "2328"),
        ("BM", "12"), ("AT", "A-12345"), ("US", "95014-12345"), ("NL", "1012"), ("DE", "-"), ("DE", "D-"),
    ],
)  # fmt: skip
def test_what_only_looks_like_one_in_another_way_is(country: str, code: str) -> None:
    assert postal_code_warning(country, code).startswith(f"{country} has no postal code like {code}; ")


@pytest.mark.parametrize(
    ("country", "code", "example"),
    [
        ("DE", "1234", "26133"), ("DE", "ABCDE", "26133"), ("IS", "26133", "320"), ("GB", "101", "EC1Y 8SY"),
        ("GB", "GIR 0AAX", "EC1Y 8SY"),
    ],
)  # fmt: skip
def test_a_code_that_can_not_be_is_told_with_one_that_can(country: str, code: str, example: str) -> None:
    assert postal_code_warning(country, code) == f"{country} has no postal code like {code}; one is {example}."


def test_every_country_is_asked_without_a_fault() -> None:
    assert {postal_code_warning(country, "") for country in COUNTRIES} == {""}
    known = [country for country in COUNTRIES if postal_code_warning(country, "!")]
    assert len(known) > 150


@pytest.mark.parametrize("name", PEOPLE)
def test_made_up_customers_have_codes_that_can_be(name: str) -> None:
    address = PEOPLE[name]["shipping"]["address"]
    assert postal_code_warning(address["country"], address["postal_code"]) == ""
