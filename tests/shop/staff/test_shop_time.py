"""Times as people type them, in the nights when the clock is changed, too."""

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from shop.staff.shop_time import read_moment, this_morning


@pytest.fixture(autouse=True)
def berlin(settings: Settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.mark.parametrize(
    ("typed", "meant", "note"),
    [
        ("2026-11-24T08:00", "2026-11-24T07:00Z", ""),
        (" 2026-07-24 08:00:30 ", "2026-07-24T06:00:30Z", ""),
        ("2026-07-24T08:00Z", "2026-07-24T08:00Z", ""),
        ("2026-07-24T08:00+05:30", "2026-07-24T02:30Z", ""),
        ("2026-10-25T02:30", "2026-10-25T00:30Z", "2026-10-25 02:30 came twice"),
        (
            "2026-03-29T02:30",
            "2026-03-29T01:00Z",
            "2026-03-29 02:30 never came: the clock went on to 2026-03-29 03:00.",
        ),
        ("2026-03-29T03:00", "2026-03-29T01:00Z", ""),
    ],
)
def test_a_time_is_the_shop_s(typed: str, meant: str, note: str) -> None:
    found = read_moment(typed)
    assert found.at == datetime.fromisoformat(meant)
    assert found.note.startswith(note)
    assert bool(found.note) is bool(note)


def test_half_an_hour_can_be_left_out_too(settings: Settings) -> None:
    settings.TIME_ZONE = "Australia/Lord_Howe"
    found = read_moment("2026-10-04T02:15")
    assert (found.at, found.note[-17:]) == (datetime(2026, 10, 3, 15, 30, tzinfo=UTC), "2026-10-04 02:30.")


@pytest.mark.parametrize(
    "typed", ["", "8:00", "2026-11-24T25:00", "2026-02-30T08:00", "0001-01-01T00:00+14:00", "x" * 999]
)
def test_what_is_no_time_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="Please give day and time"):
        read_moment(typed)


@pytest.mark.parametrize(
    ("now", "morning"),
    [("2026-11-24T10:00Z", "2026-11-24T07:00Z"), ("2026-11-24T06:59Z", "2026-11-23T07:00Z"),
     ("2026-10-25T06:30Z", "2026-10-24T06:00Z"), ("2026-10-25T07:00Z", "2026-10-25T07:00Z")],
)  # fmt: skip
def test_this_morning_is_yesterday_s_until_it_has_come(now: str, morning: str) -> None:
    assert this_morning(datetime.fromisoformat(now), 8) == datetime.fromisoformat(morning)
