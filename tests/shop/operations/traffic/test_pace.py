import random
from itertools import islice

import pytest

from shop.operations.traffic import pace


@pytest.mark.parametrize(("text", "meant"), [("0-10", (0, 10)), ("5", (5, 5)), ("0.5-2", (0.5, 2)), ("0", (0, 0))])
def test_seconds_between_two_orders(text: str, meant: tuple[float, float]) -> None:
    assert pace.between(text) == meant


@pytest.mark.parametrize(
    "text", ["", "-1", "5-1", "1-", "nan", "inf", "1e3", "0-86401", "٣", "1-2-3", "9999999", "1\n"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="seconds"):
        pace.between(text)


@pytest.mark.parametrize(("text", "rate"), [("5/s", 5), ("120/min", 2), ("1800/hour", 0.5), ("0.5/s", 0.5)])
def test_orders_a_second(text: str, rate: float) -> None:
    assert pace.per_second(text) == rate


@pytest.mark.parametrize(
    "text", ["", "5", "0/s", "-1/s", "5/day", "1001/s", "nan/s", "5 / s", "0.000001/hour", "1/s\n"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        pace.per_second(text)


def test_waits_are_as_long_as_was_asked() -> None:
    waits = list(islice(pace.at_random((2, 3), random.Random(1)), 100))
    assert all(2 <= wait <= 3 for wait in waits)
    assert len(set(waits)) > 50


def test_a_rate_counts_what_the_orders_themselves_took(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(pace, "monotonic", lambda: now[0])
    waits = pace.evenly(2)
    assert next(waits) == 0.5
    now[0] += 0.7  # The wait, and an order that took 0.2 s.
    assert next(waits) == pytest.approx(0.3)
    now[0] += 60
    assert [next(waits), next(waits)] == [0, 0.5]
