"""All checks side by side: none holds up the others, and none hides what they find."""

import json
import threading
import time
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError

from shop.operations.doctor import patience
from shop.operations.doctor.examination import CHECKS, UNKNOWN, examine
from shop.operations.doctor.finding import BROKEN, OK, WARNING, Finding, Findings, code


def well(until: float) -> Findings:
    yield Finding("well", OK, "It is well.")


def faulty(until: float) -> Findings:
    yield Finding("faulty", OK, "It begins well.")
    raise KeyError("a password, perhaps")


def without_database(until: float) -> Findings:
    raise OperationalError("gone")
    yield Finding("never", OK, "")


def test_a_check_that_hangs_is_left_behind_and_what_it_had_found_stays() -> None:
    hangs = threading.Event()

    def hanging(until: float) -> Findings:
        yield Finding("hanging", OK, "Half of it.")
        hangs.wait()

    began = time.monotonic()
    found = list(examine({"hanging": hanging, "well": well}, 0.5))
    hangs.set()
    assert time.monotonic() - began < 30  # Unbounded it would hang for ever.
    assert [[finding.said for finding in part] for part in found] == [
        ["Half of it.", "It did not answer in 0.5 s."],
        ["It is well."],
    ]


def test_a_fault_of_a_check_is_a_finding_without_what_it_quotes() -> None:
    ((first, fault), (well_,), (gone,)) = examine({"faulty": faulty, "well": well, "gone": without_database}, 5)
    assert (first.level, fault.level, well_.level) == (OK, BROKEN, OK)
    assert "KeyError" in fault.said
    assert "password" not in str(fault)
    assert (gone.level, gone.said) == (BROKEN, UNKNOWN)


def test_the_exit_code_is_the_worst_of_all() -> None:
    levels = [Finding("a", level, "") for level in (OK, WARNING, OK)]
    assert (code([]), code(levels), code([*levels, Finding("a", BROKEN, "")])) == (0, 1, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_each_check_says_something(options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MOST", 5.0)
    monkeypatch.setattr(patience, "LEAST", 5.0)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", *options, stdout=out)
    assert ended.value.code == 2
    if options:
        checks = {finding["check"] for finding in json.loads(out.getvalue())["findings"]}
    else:
        checks = {line.split()[1] for line in out.getvalue().splitlines()}
    assert checks == set(CHECKS)


def test_what_a_busy_machine_took_to_start_is_taken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0 < patience.age() < 3600
    for age, left in ((1.0, 10.0), (8.0, 4.0), (60.0, 3.0)):
        monkeypatch.setattr(patience, "age", partial(float, age))
        assert patience.left() == left
