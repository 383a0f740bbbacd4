"""How a worker shares out its processes, and its memory."""

import gc
import time
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app
from celery.signals import worker_before_create_process
from django.conf import settings
from kombu.asynchronous.timer import Timer

from orders.messaging.worker import bulkhead
from orders.messaging.worker.bulkhead import share
from orders.messaging.worker.memory import TidyTimers, forget_cancelled

DELAYS = {"ended": 0.0, "third": 0.06, "first": 0.02, "ended too": 50.0, "second": 0.04}  # seconds


@pytest.mark.parametrize(
    ("processes", "destinations", "each"),
    [(8, 0, 8), (8, 1, 8), (8, 2, 4), (8, 3, 3), (8, 4, 2), (8, 5, 1), (2, 3, 1), (1, 3, 1), (64, 3, 22)],
)
def test_a_queue_gets_its_share(processes: int, destinations: int, each: int) -> None:
    assert share(processes, destinations) == each


@pytest.mark.parametrize("destinations", range(2, 9))
@pytest.mark.parametrize("processes", range(8, 65))
def test_whatever_hangs_one_process_is_left_for_every_other_destination(processes: int, destinations: int) -> None:
    assert processes - (destinations - 1) * share(processes, destinations) >= 1


@pytest.mark.parametrize(("processes", "destinations", "said"), [(8, 8, False), (8, 9, True), (1, 3, True)])
def test_too_few_processes_for_the_destinations_are_told_at_the_start(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, processes: int, destinations: int, said: bool
) -> None:
    monkeypatch.setattr(bulkhead.log, "propagate", True)
    bulkhead.warn(processes, destinations)
    assert (f"{processes} processes for {destinations} destinations" in caplog.text) is said


def test_what_a_child_inherits_is_left_to_be_shared() -> None:
    """Without it each child of the pool soon has a copy of its own of all that was loaded before the fork."""
    gc.unfreeze()
    worker_before_create_process.send(sender=None)
    assert gc.get_freeze_count() > 10_000
    gc.unfreeze()


def test_the_clock_knows_the_tasks_it_calls() -> None:
    current_app.loader.import_default_modules()
    assert settings.PERIODIC_TASKS.keys() <= current_app.tasks.keys()
    ours = {
        f"orders.tasks.{name}"
        for name in (
            "sweep_steps",
            "settle_complete_orders",
            "go_on_after_set_back",
            "prune_dead_letters",
            "prune_events",
            "forget_workers",
            "count_totals",
        )
    }
    assert ours | {"printing.tasks.watch_printers", "shop.operations.tasks.prune"} == settings.PERIODIC_TASKS.keys()


def test_time_limits_of_tasks_that_have_ended_are_forgotten_and_no_others() -> None:
    rang: list[str] = []
    timer = Timer()
    events = iter(timer)  # As the event loop holds it.
    entries = {name: timer.call_after(delay, rang.append, (name,)) for name, delay in DELAYS.items()}
    for name in ("ended", "ended too"):
        entries[name].cancel()
    forget_cancelled(timer)
    assert len(timer) == 3
    while len(timer):
        wait, entry = next(events)
        if entry:
            timer.apply_entry(entry)
        else:
            time.sleep(wait or 0)
    assert rang == ["first", "second", "third"]


def test_the_worker_tidies_its_timers_again_and_again() -> None:
    consumer: Any = SimpleNamespace(timer=Timer(), steps=[])
    step = TidyTimers(consumer)
    assert step.enabled
    step.start(consumer)
    (event,) = consumer.timer.queue
    assert event.entry.args == (consumer.timer,)
    step.stop(consumer)
    forget_cancelled(consumer.timer)
    assert len(consumer.timer) == 0
    assert not TidyTimers(SimpleNamespace(timer=object(), steps=[])).enabled
