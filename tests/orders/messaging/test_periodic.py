"""Who does a round of a periodic task, when, and what staff are told of it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from django.db import OperationalError

from orders.database.clock import from_now
from orders.messaging import periodic
from orders.messaging.periodic import SWEEP, Condition, Round, take_part

pytestmark = pytest.mark.django_db

INTERVAL = timedelta(seconds=2)


@pytest.fixture
def rounds(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was run; the task itself does nothing else."""
    settings.PERIODIC_TASKS = {SWEEP: INTERVAL}
    run: list[str] = []
    current_app.loader.import_default_modules()
    monkeypatch.setattr(current_app.tasks[SWEEP], "run", lambda: run.append(SWEEP))
    return run


def began(ago: float, *, finished: bool = True) -> None:
    """The last round began so many seconds ago."""
    at = from_now(timedelta(seconds=-ago))
    Round.objects.update_or_create(
        task=SWEEP, defaults={"started_at": at, "finished_at": at if finished else None, "worker": "other@host"}
    )


def test_of_many_workers_one_does_the_round(rounds: list[str]) -> None:
    assert [take_part(SWEEP, f"worker{n}@host") for n in range(4)] == [True, False, False, False]
    assert rounds == [SWEEP]
    done = Round.objects.get()
    assert (done.worker, done.error) == ("worker0@host", "")
    assert done.finished_at is not None


@pytest.mark.parametrize(
    ("ago", "finished", "due"),
    [
        (0.1, True, False),  # Due after 1.6 s; and a busy machine may stand still for a second.
        (1.7, True, True),
        (60, False, False),  # Cut off after 65 s.
        (66, False, True),
        (9999, True, True),
        # The database's clock was ahead, and was set back.
        (-1, True, False),
        (-86400, True, True),
        (-64, False, False),
        (-86400, False, True),
    ],
)
def test_a_round_is_due_after_its_interval_and_never_beside_another(
    rounds: list[str], ago: float, finished: bool, due: bool
) -> None:
    began(ago, finished=finished)
    assert take_part(SWEEP, "me@host") is due
    assert bool(rounds) is due


def test_who_is_slower_by_a_moment_does_not_get_the_turn_too(
    rounds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    began(10)
    is_due = periodic._is_due

    def meanwhile(*args: Any) -> bool:
        Round.objects.update(started_at=from_now(), worker="faster@host")
        return is_due(*args)

    monkeypatch.setattr(periodic, "_is_due", meanwhile)
    assert take_part(SWEEP, "me@host") is False
    assert rounds == []


def test_what_goes_wrong_in_a_round_is_kept_and_the_next_round_comes(
    rounds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ValueError("no such thing")

    monkeypatch.setattr(current_app.tasks[SWEEP], "run", broken)
    assert take_part(SWEEP, "me@host") is True
    assert Condition.of(SWEEP).trouble == "ValueError: no such thing"
    began(3)
    monkeypatch.setattr(current_app.tasks[SWEEP], "run", lambda: rounds.append(SWEEP))
    assert take_part(SWEEP, "me@host") is True
    assert Condition.of(SWEEP).trouble == ""


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (lambda: None, "No worker has ever done it"),
        (lambda: began(50), ""),
        (lambda: began(70), r"For 7\d s no worker has done it"),
        (lambda: began(-50), ""),
        (lambda: began(-86400), "The database's clock was set back, and no worker has done it since."),
    ],
)
def test_a_late_sweep_is_told(rounds: list[str], last: Callable[[], None], said: str) -> None:
    last()
    trouble = Condition.of(SWEEP).trouble
    assert re.match(said, trouble) if said else trouble == ""


@pytest.mark.parametrize(("error", "told"), [(1.0, False), (-1.0, False), (3.0, True), (-600.0, True)])
def test_a_worker_says_once_that_its_clock_is_wrong(
    rounds: list[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, error: float, told: bool
) -> None:
    wrong = SimpleNamespace(now=lambda zone: datetime.now(zone) + timedelta(seconds=error))
    monkeypatch.setattr(periodic, "datetime", wrong)
    take_part(SWEEP, "me@host")
    assert Round.objects.get().clock_error == pytest.approx(error, abs=0.9)
    Round.objects.update(started_at=from_now(-INTERVAL))
    take_part(SWEEP, "me@host")
    assert len(rounds) == 2
    assert caplog.text.count("off the database's") == told
    assert ("The clock of me@host is" in Condition.of(SWEEP).trouble) is told


def test_a_database_that_is_away_ends_nothing(rounds: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def away(*_: Any) -> bool:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(periodic, "_take_part", away)
    monkeypatch.setattr(periodic.outage, "tell", lambda error, consequence: told.append(consequence))
    assert take_part(SWEEP, "me@host") is True
    assert told == ["the next round comes"]


@pytest.mark.parametrize(
    ("worker", "ended", "due"), [("other", True, True), ("other", False, False), ("me", True, False)]
)
def test_a_round_that_the_database_cut_off_delays_its_own_worker_no_longer(
    rounds: list[str], worker: str, ended: bool, due: bool
) -> None:
    began(10, finished=False)  # by other@host
    assert take_part(SWEEP, f"{worker}@host", ended) is due
