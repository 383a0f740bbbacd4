"""What a bench found: medians, ratios, targets; as a table for people and as JSON for programs."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass

CLOSE = 0.6  # of a limit that is itself beyond the target


@dataclass(frozen=True)
class Target:
    """A bound on a ratio (or, where nothing is compared, on the figure itself)."""

    sign: str  # "<=" or ">="
    bound: float

    def holds(self, value: float) -> bool:
        return value <= self.bound if self.sign == "<=" else value >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.sign == '<=' else '≥'} {self.bound:.3g}"


def at_most(bound: float) -> Target:
    return Target("<=", bound)


def at_least(bound: float) -> Target:
    return Target(">=", bound)


@dataclass(frozen=True)
class Figure:
    """One line of the table. `ratio` is ours / theirs, the median of the pairs; `spread` its quartiles.

    Without `against` there is nothing to compare: `ratio` is None, `spread` is of the figure itself. `limit` is the
    ratio of the least that could be done: measured in the same run, without any of the desk's code.
    """

    bench: str
    what: str
    ours: float
    unit: str
    against: str
    theirs: float | None
    ratio: float | None
    spread: tuple[float, float]
    runs: int
    target: Target | None
    limit: float | None = None

    @property
    def holds(self) -> bool:
        """The target holds; or it can't be reached, as the limit shows, and we are close to the limit."""
        value = self.ours if self.ratio is None else self.ratio
        if self.target is None or self.target.holds(value):
            return True
        if self.limit is None or self.target.holds(self.limit):
            return False
        return Target(self.target.sign, self.limit * (CLOSE if self.target.sign == ">=" else 1 / CLOSE)).holds(value)


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < 3:
        return min(values), max(values)
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def alone(bench: str, what: str, values: Sequence[float], unit: str, target: Target | None = None) -> Figure:
    """A figure that is compared with nothing."""
    median = statistics.median(values)
    return Figure(bench, what, median, unit, "", None, None, quartiles(values), len(values), target)


def compared(
    bench: str,
    what: str,
    ours: Sequence[float],
    against: str,
    theirs: Sequence[float],
    unit: str,
    target: Target | None = None,
    least: Sequence[float] = (),
) -> Figure:
    """Pairs measured in turns: `ours[i]` beside `theirs[i]`, and beside `least[i]` where there is such a limit."""
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    medians = statistics.median(ours), statistics.median(theirs)
    ratio = statistics.median(ratios)
    limit = statistics.median(low / other for low, other in zip(least, theirs, strict=True)) if least else None
    return Figure(
        bench, what, medians[0], unit, against, medians[1], ratio, quartiles(ratios), len(ratios), target, limit
    )


HEAD = ("bench", "what", "ours", "against", "theirs", "ratio", "spread", "runs", "target", "limit", "")


def number(value: float | None, unit: str = "") -> str:
    if value is None:
        return ""
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def row(figure: Figure) -> tuple[str, ...]:
    verdict = ""
    if figure.target is not None:
        reached = figure.target.holds(figure.ours if figure.ratio is None else figure.ratio)
        verdict = "ok" if reached else "near its limit" if figure.holds else "MISSED"
    return (
        figure.bench,
        figure.what,
        number(figure.ours, figure.unit),
        figure.against,
        number(figure.theirs, figure.unit),
        number(figure.ratio),
        f"{number(figure.spread[0])} … {number(figure.spread[1])}",
        str(figure.runs),
        str(figure.target or ""),
        number(figure.limit),
        verdict,
    )


def table(figures: Sequence[Figure]) -> str:
    """Markdown, aligned: it is read in a terminal and pasted into docs/performance.md."""
    rows = [HEAD, *(row(figure) for figure in figures)]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEAD))]
    lines = ["| " + " | ".join(map(str.ljust, cells, widths)) + " |" for cells in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()}


def as_json(figures: Sequence[Figure]) -> str:
    rows = [
        {**asdict(figure), "target": str(figure.target) if figure.target else None, "holds": figure.holds}
        for figure in figures
    ]
    return json.dumps({"machine": machine(), "figures": rows}, indent=2, ensure_ascii=False)
