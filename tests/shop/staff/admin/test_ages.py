"""How long ago something was, and when exactly, in the shop's time zone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from django.utils.html import strip_tags

from shop.staff.admin.ages import ago
from tests.factories import make_order
from tests.shop.staff.conftest import staff

NOW = datetime(2026, 11, 27, 15, 5, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("delay", "told"),
    [
        (timedelta(seconds=-3), "3 s ago 16:05"),
        (timedelta(minutes=-12), "12 min ago 15:53"),
        (timedelta(hours=-30), "30 h ago 10:05"),
        (timedelta(hours=4), "in 4 h 20:05"),
        (timedelta(days=-3), "2026-11-24 16:05"),
        (timedelta(days=90), "2027-02-25 16:05"),
    ],
)
@override_settings(TIME_ZONE="Europe/Vienna")
def test_what_was_lately_is_told_by_its_age_and_the_exact_time(delay: timedelta, told: str) -> None:
    with timezone.override("Europe/Vienna"):
        assert strip_tags(str(ago(NOW + delay, NOW))) == told


def test_the_whole_date_is_there_for_programs_and_for_the_mouse() -> None:
    shown = str(ago(NOW - timedelta(minutes=12), NOW))
    assert 'datetime="2026-11-27T14:53:31+00:00" title="2026-11-27 14:53"' in shown


def test_nothing_was_never() -> None:
    assert ago(None, NOW) == "-"


def test_a_list_shows_its_times_so(db: None) -> None:
    make_order(created_at=timezone.now() - timedelta(minutes=12))
    page = staff("sales").get("/admin/orders/order/")
    assert '<td class="field-created_at">' in page.text
    assert ">12 min ago <small>" in page.text


def test_all_rows_of_a_page_are_judged_by_one_moment(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = iter([NOW])
    monkeypatch.setattr("shop.staff.admin.ages.clock.now", lambda: next(asked))
    for minutes in (12, 13):
        make_order(created_at=NOW - timedelta(minutes=minutes))
    shown = boss.get("/admin/orders/order/").text
    assert ("12 min ago" in shown, "13 min ago" in shown) == (True, True)
