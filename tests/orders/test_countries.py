"""The table of countries is ISO 3166-1, as far as this machine can tell."""

from pathlib import Path

from orders.countries import COUNTRIES, country_fault
from tests.lacking import lacks

TZDATA = Path("/usr/share/zoneinfo/iso3166.tab")


def test_there_are_249_countries() -> None:
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in COUNTRIES)


def test_they_are_those_of_the_time_zone_database() -> None:
    if not TZDATA.exists():
        lacks("no time zone database on this machine")
    rows = [row.split("\t")[0] for row in TZDATA.read_text().splitlines() if row and not row.startswith("#")]
    assert set(rows) == COUNTRIES


def test_a_country_s_other_name_is_told() -> None:
    assert country_fault("UK") == "ISO 3166-1 has no country UK. Did you mean GB?"
    assert country_fault("el").code == "unknown_country"
