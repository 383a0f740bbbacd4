"""A worker that ends reads what its processes still say: each waits 30 s, in vain, for a result that nobody reads.

At SIGTERM Celery forgets the jobs whose beginning it has not read yet, and reads results as long as it knows of a job.
A process that had just begun one finishes it; its result stays in the pipe, and Celery waits for the process.
"""

import time

from billiard.pool import TERMINATE, WorkersJoined
from celery.concurrency import asynpool

PAUSE = 0.02  # seconds


class ResultHandler(asynpool.ResultHandler):
    """Reads on, after Celery's own has read all that it knows of, until the last process has ended."""

    def on_stop_not_started(self) -> None:
        super().on_stop_not_started()
        while self._state != TERMINATE:
            try:
                self.join_exited_workers(shutdown=True)
            except WorkersJoined:
                return
            self._read()
            time.sleep(PAUSE)

    def _read(self) -> None:
        for fd, process in list(self.fileno_to_outq.items()):
            try:
                waits = process.outq._reader.poll(0)
            except OSError:  # It has just ended.
                continue
            if waits:
                self._flush_outqueue(fd, lambda gone: None, self.fileno_to_outq, self.on_state_change)


def read_all() -> None:
    """For this process, once or more often, before its pool is made."""
    asynpool.AsynPool.ResultHandler = ResultHandler
