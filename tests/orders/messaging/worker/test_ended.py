"""A process that has ended is replaced, though its exit code comes later than the end of its pipe."""

import subprocess
import sys
from pathlib import Path

import pytest
from celery.concurrency.asynpool import AsynPool

from orders.messaging.worker import consumer, ended

ROOT = Path(__file__).resolve().parents[4]
# The kernel is slow to say that the killed process has ended; the broker comes back meanwhile.
ENDING = """
import os, signal, sys, time
from celery.concurrency.asynpool import AsynPool
from kombu.asynchronous import Hub, set_event_loop
from kombu.asynchronous.timer import Timer
from orders.messaging.worker import ended

if sys.argv[1] == "looked after":
    ended.look_again()
hub = Hub(timer=Timer())
set_event_loop(hub)
pool = AsynPool(processes=2, synack=False, threads=False)
pool.register_with_event_loop(hub)
hub.call_repeatedly(0.05, lambda: None)
turns = hub.create_loop()
victim = pool._pool[0]
slow = time.monotonic() + 1
popen = type(victim._popen)
soon = popen.poll
popen.poll = lambda self, *flag: None if self.pid == victim.pid and time.monotonic() < slow else soon(self, *flag)
os.kill(victim.pid, signal.SIGKILL)
while victim._sentinel_poll is not None:
    next(turns)
pool.register_with_event_loop(hub)
until = time.monotonic() + 15
while victim in pool._pool and time.monotonic() < until:
    next(turns)
print(victim in pool._pool, len(pool._pool), flush=True)
for one in pool._pool:
    os.kill(one.pid, signal.SIGKILL)
os._exit(0)
"""


def ending(how: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", ENDING, how]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def test_it_is_replaced_and_the_worker_goes_on() -> None:
    assert ending("looked after").stdout == "False 2\n"


def test_celery_by_itself_ends_there() -> None:
    """Where it does not any more, what is tested here can go."""
    assert "file descriptor is None" in ending("as it is").stderr


@pytest.mark.parametrize("name", ["_event_process_exit", "_track_child_process"])
def test_workers_have_it(name: str) -> None:
    assert consumer.ended is ended
    assert getattr(AsynPool, name).__module__ == ended.__name__
