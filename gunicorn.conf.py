"""What gunicorn reads by itself where it is started in this folder. Options on its command line win."""

from typing import Any


def post_worker_init(worker: Any) -> None:
    """Tells the gate how many threads the process has: it keeps one free while the database is silent."""
    from shop.operations.gate import THE_GATE

    THE_GATE.threads = worker.cfg.threads
