"""What the table says must be so: medians, paired ratios, targets, limits."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.bench.report import Figure, alone, as_json, at_least, at_most, compared, percentile, table


def figure(**changes: Any) -> Figure:
    """Ours takes 2, theirs 4: half."""
    return replace(compared("post", "p50", [2.0, 2.0, 2.0], "bare", [4.0, 4.0, 4.0], "ms", at_most(0.5)), **changes)


def test_the_ratio_is_the_median_of_the_pairs_not_the_ratio_of_medians() -> None:
    found = compared("post", "p50", [1.0, 10.0, 30.0], "bare", [1.0, 20.0, 10.0], "ms")
    assert (found.ours, found.theirs, found.ratio) == (10.0, 10.0, 1.0)
    assert found.spread == (0.75, 2.0)


@pytest.mark.parametrize(
    ("target", "holds"), [(at_most(0.5), True), (at_most(0.49), False), (at_least(0.5), True), (at_least(0.51), False)]
)
def test_a_target_bounds_the_ratio(target: object, holds: bool) -> None:
    assert figure(target=target).holds is holds


def test_without_a_comparison_the_figure_itself_is_bounded() -> None:
    assert alone("dispatch", "p50", [40.0, 45.0, 70.0], "ms", at_most(50)).holds
    assert not alone("dispatch", "p50", [40.0, 55.0, 70.0], "ms", at_most(50)).holds


@pytest.mark.parametrize(
    ("limit", "holds"),
    [
        (None, False),
        (0.4, False),  # The limit would allow the target: it is missed.
        (0.24, True),  # The target can't be reached, and 0.2 is close to what can.
        (0.35, False),  # It can't be reached either, but 0.2 is far from what can.
    ],
)
def test_a_target_out_of_reach_is_judged_by_its_limit(limit: float | None, holds: bool) -> None:
    assert figure(ratio=0.2, target=at_least(0.4), limit=limit).holds is holds


def test_a_limit_of_a_cost_is_judged_the_other_way_round() -> None:
    assert figure(ratio=0.9, target=at_most(0.33), limit=0.6).holds
    assert not figure(ratio=1.1, target=at_most(0.33), limit=0.6).holds


def test_the_table_names_what_was_missed() -> None:
    lines = table([figure(), figure(ratio=0.7), figure(ratio=0.7, limit=0.6)]).splitlines()
    assert [line.split("|")[-2].strip() for line in lines[2:]] == ["ok", "MISSED", "near its limit"]
    assert len({len(line) for line in lines}) == 1


def test_programs_get_the_same_as_json() -> None:
    (row,) = json.loads(as_json([figure(ratio=0.7)]))["figures"]
    assert (row["bench"], row["ratio"], row["target"], row["holds"]) == ("post", 0.7, "≤ 0.5", False)


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 3.0
    assert percentile([1.0, 2.0], 0.99) == 2.0
