"""The pauses of a worker whose connections break soon after they were made."""

import time

import pytest

from orders.messaging.worker import patience
from orders.messaging.worker.patience import Patience


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.slept = 1000.0, 0.0
        monkeypatch.setattr(patience, "time", self)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds <= patience.GLANCE
        self.now += seconds
        self.slept += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def pauses(patient: Patience, clock: Clock, failures: int) -> list[float]:
    """Seconds waited after each of so many failures, each soon after a connection."""
    found: list[float] = []
    for _ in range(failures):
        clock.slept = 0
        patient.wait()
        found.append(round(clock.slept, 3))
        clock.now += 0.1
    return found


def test_pauses_grow_and_are_bounded(clock: Clock) -> None:
    assert pauses(Patience(time.monotonic), clock, 7) == [0, 1, 2, 4, 8, 10, 10]


def test_a_connection_that_lasted_begins_anew(clock: Clock) -> None:
    patient = Patience(time.monotonic)
    pauses(patient, clock, 7)
    clock.now += patience.WELL / 2
    assert pauses(patient, clock, 1) == [10]
    clock.now += patience.WELL + 1
    assert pauses(patient, clock, 3) == [0, 1, 2]


def test_a_worker_that_is_told_to_end_does_not_wait(clock: Clock) -> None:
    def told() -> None:
        if clock.slept >= 0.5:
            raise SystemExit(0)

    patient = Patience(told)
    pauses(patient, clock, 1)
    patient.next_pause()
    with pytest.raises(SystemExit):
        patient.wait()
    assert clock.slept < 1
