"""What bin/bench ends with: 1 where a target is missed and was to be checked, or where something can't be measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from tests.bench import __main__ as bench
from tests.bench.report import Figure, alone, at_most

NAMES = ("met", "missed", "broken")


def measured(name: str) -> list[Figure]:
    if name == "broken":
        raise TimeoutError("waited in vain")
    return [alone(name, "p50", [2.0 if name == "missed" else 1.0], "ms", at_most(1))]


@pytest.fixture(autouse=True)
def without_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def ground(*, quick: bool) -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(clear=lambda: None)

    monkeypatch.setattr(bench, "ground", ground)
    monkeypatch.setattr(bench, "BENCHES", dict.fromkeys(NAMES, ""))
    monkeypatch.setattr(bench, "load", lambda name: lambda here: measured(name))


@pytest.mark.parametrize(
    ("arguments", "ends"),
    [("met --check", 0), ("missed", 0), ("missed --check", 1), ("met missed --check", 1), ("broken met", 1), ("", 1)],
)
def test_it_ends_with_1_where_a_target_is_missed_or_nothing_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: str, ends: int
) -> None:
    monkeypatch.setattr("sys.argv", ["bench", *arguments.split()])
    assert bench.main() == ends
    said = capsys.readouterr()
    asked = arguments.split() or NAMES
    assert ("missed: missed: p50" in said.err) == ("missed" in asked)
    assert ("broken: it could not be measured" in said.err) == ("broken" in asked)
    assert ("| met " in said.out) == ("met" in asked)
