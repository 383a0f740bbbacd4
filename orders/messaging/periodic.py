"""What all workers together do every few seconds: the tasks of settings.PERIODIC_TASKS, each by one worker at a time.

A row per task says when its last round was. Who finds it due, by the database's clock, takes the turn in one
conditional update: so no two rounds of a task run at once, and no broker is needed for it. (Two may, if the database's
clock is set back while one runs.)
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import models

from orders.database import outage
from orders.database.clock import from_now
from orders.database.outage import AWAY
from orders.messaging.task import check_database

log = logging.getLogger(__name__)

# An interval counts as over a bit early: the workers' timers do not run evenly.
OVER = 0.8
SWEEP = "orders.tasks.sweep_steps"
MOST_CLOCK_ERROR = 2.0  # seconds


class Round(models.Model):
    """The last round of a periodic task, of whichever worker."""

    task = models.CharField(max_length=255, primary_key=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True, help_text="Empty while it runs.")
    worker = models.CharField(max_length=255, blank=True)
    error = models.CharField(max_length=500, blank=True, help_text="Why the round before did not come to its end.")
    clock_error = models.FloatField(default=0.0, help_text="Seconds by which the worker's clock was ahead.")

    def __str__(self) -> str:
        return f"{self.task}, last by {self.worker}"


def _last(task: str) -> Any:
    """Its row, and the database's time in `now`; None before its first round."""
    return Round.objects.filter(pk=task).annotate(now=from_now()).first()


def longest() -> timedelta:
    """A round that takes longer has lost its process: the pool kills it at the steps' time limit."""
    limit: timedelta = settings.STEP_TIME_LIMIT
    return limit + timedelta(seconds=5)


@dataclass(frozen=True)
class Condition:
    """How a periodic task does: when its last round began (`ago`; None: never), and what staff should know of it."""

    worker: str
    ago: timedelta | None
    trouble: str

    @classmethod
    def of(cls, task: str) -> "Condition":
        return cls.judged(task, _last(task))

    @classmethod
    def judged(cls, task: str, last: Any) -> "Condition":
        """The same by its row, with the database's time in `now`; None if there is none."""
        if last is None or last.started_at is None:
            return cls("", None, "No worker has ever done it: is `celery -A shop worker` running?")
        ago = last.now - last.started_at
        trouble = last.error
        if ago < -late_after(settings.PERIODIC_TASKS[task]):
            trouble = "The database's clock was set back, and no worker has done it since."
        elif ago > late_after(settings.PERIODIC_TASKS[task]):
            trouble = f"For {ago.total_seconds():.0f} s no worker has done it: is `celery -A shop worker` running?"
        elif abs(last.clock_error) > MOST_CLOCK_ERROR:
            trouble = f"The clock of {last.worker} is {last.clock_error:+.1f} s off the database's."
        return cls(last.worker, ago, trouble)


def late_after(interval: timedelta) -> timedelta:
    """So long after the last round something is wrong: no worker runs, or none gets through."""
    return max(interval * 5, timedelta(minutes=1))


def take_part(task: str, worker: str, ended: bool = False) -> bool:
    """Does a round if one is due; False if another worker has done it, and this one need not come so often.

    `ended`: the worker's own last round is over, though its row may not say so (the database went away meanwhile).

    Runs in a process of the worker's pool. Raises nothing: what goes wrong is logged, and the next round comes.
    """
    check_database()
    try:
        return _take_part(task, settings.PERIODIC_TASKS[task], worker, ended)
    except AWAY as error:
        outage.tell(error, "the next round comes")
        return True


def _take_part(task: str, interval: timedelta, worker: str, ended: bool) -> bool:
    last = _last(task)
    if last is None:
        Round.objects.bulk_create([Round(task=task)], ignore_conflicts=True)
        return _take_part(task, interval, worker, ended)
    now: datetime = last.now
    clock_error = (datetime.now(UTC) - now).total_seconds()
    runs = last.finished_at is None and not (ended and last.worker == worker)
    if not _is_due(last, now, interval, runs) or not _take_turn(last, worker):
        return False
    _tell(last, now, interval, worker, clock_error)
    error = ""
    try:
        current_app.tasks[task].run()
    except AWAY:
        raise
    except Exception as trouble:
        error = f"{type(trouble).__name__}: {trouble}"
        log.warning("%s: %s", task, error)
    log.debug("%s: a round by %s", task, worker)
    ours = Round.objects.filter(pk=task, worker=worker, finished_at=None)
    ours.update(finished_at=from_now(), error=error[:500], clock_error=round(clock_error, 1))
    return True


def _is_due(last: Round, now: datetime, interval: timedelta, runs: bool) -> bool:
    if last.started_at is None:
        return True
    since = abs(now - last.started_at)  # One that lies ahead was written before the database's clock was set back.
    return since >= interval * OVER and (not runs or since >= longest())


def _take_turn(last: Round, worker: str) -> bool:
    turn = Round.objects.filter(pk=last.pk, started_at=last.started_at)
    return bool(turn.update(started_at=from_now(), finished_at=None, worker=worker))


def _tell(last: Round, now: datetime, interval: timedelta, worker: str, clock_error: float) -> None:
    """A round that comes late, and a clock that is wrong: the first time, then again when another worker takes over."""
    if last.started_at and now - last.started_at > late_after(interval):
        log.warning("%s: nobody has done it for %d s", last.task, (now - last.started_at).total_seconds())
    was_wrong = last.worker == worker and abs(last.clock_error) > MOST_CLOCK_ERROR
    if abs(clock_error) > MOST_CLOCK_ERROR and not was_wrong:
        log.warning("this machine's clock is %+.1f s off the database's: is its time service running?", clock_error)
