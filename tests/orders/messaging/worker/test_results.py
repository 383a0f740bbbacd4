"""A worker that ends while a process has just begun a job ends with that job, and not half a minute later."""

import subprocess
import sys
import time
from pathlib import Path

from celery.concurrency import asynpool

from orders.messaging.worker import consumer, results

ROOT = Path(__file__).resolve().parents[4]
# The pool as a worker has it. Its event loop does not turn while the job begins: that it has begun is not read.
ENDING = """
import sys, time
from pathlib import Path
from celery.concurrency.asynpool import AsynPool
from kombu.asynchronous import Hub, set_event_loop
from kombu.asynchronous.timer import Timer
from orders.messaging.worker import results

begun = Path(sys.argv[1])
def work():
    begun.touch()
    time.sleep(1)

results.read_all()
hub = Hub(timer=Timer())
set_event_loop(hub)
pool = AsynPool(processes=2, synack=False, threads=False)
pool.register_with_event_loop(hub)
hub.call_repeatedly(0.05, lambda: None)
turns = hub.create_loop()
for _ in range(20):
    job = pool.apply_async(work)
    while not begun.exists():
        next(turns)
        time.sleep(0.3)
    if not job._accepted:
        break
    while pool._cache:  # A busy machine: it began while the loop turned.
        next(turns)
    begun.unlink()
print("read:", job._accepted)
pool.flush()
started = time.monotonic()
pool.close()
pool.join()
print("seconds:", int(time.monotonic() - started))
"""


def test_a_process_whose_job_is_forgotten_is_waited_for_no_longer_than_its_job(tmp_path: Path) -> None:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", ENDING, tmp_path / "begun"], cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    read, seconds = done.stdout.splitlines()
    assert read == "read: False"
    assert int(seconds.removeprefix("seconds: ")) < 20, done.stdout
    assert time.monotonic() - started > 1


def test_workers_have_it() -> None:
    assert consumer.results is results
    assert issubclass(asynpool.AsynPool.ResultHandler, results.ResultHandler)
