"""`celery -A shop worker`: its name, and the options that are refused."""

import logging
import os
import re
import secrets
import socket
import sys
from collections.abc import Sequence
from typing import Any

import click
from celery.apps import worker as celery_worker
from celery.apps.worker import Worker
from click.core import ParameterSource
from django.conf import settings

from orders.json_lines import JsonLines
from orders.messaging.names import ThisProcess
from orders.messaging.worker.exits import cannot_work

# Others end no task that hangs, and share one database connection's limits between all.
POOLS = ("prefork", "solo")
NO_PROCESSES = re.compile(r"(^| )(-c|--concurrency)[ =]?0+( |$)")


class DeskWorker(Worker):
    """Celery's worker program. What can't work ends it with one line before anything is started."""

    def __init__(self, app: Any = None, hostname: str | None = None, **options: Any) -> None:
        check_options(options.get("pool") or options.get("pool_cls"), options.get("autoscale"))
        if options.get("pool_start_method") == "spawn":
            cannot_work("--pool-start-method spawn makes processes that wait for a silent database for ever; use fork")
        hostname = own_name(hostname)
        ThisProcess.is_a("worker", hostname or "")
        super().__init__(app, hostname=hostname, **options)
        if settings.LOG_FORMAT == "json":
            celery_worker.safe_say = say_as_json

    def emit_banner(self) -> None:
        """Its pictures are for people: a log of JSON has none."""
        if settings.LOG_FORMAT == "line":
            super().emit_banner()

    def setup_queues(self, include: Sequence[str] | None, exclude: Sequence[str] | None = None) -> None:
        known = self.app.amqp.queues
        for queue in (*(include or ()), *(exclude or ())):
            if queue not in known:
                cannot_work(f"there is no queue {queue!r} (-Q, -X); there are: {', '.join(sorted(known))}")
        super().setup_queues(include, exclude)


def say_as_json(message: str, f: object = None) -> None:
    """What Celery says in a signal's handler ("Warm shutdown"): a logger's lock may be held just then."""
    record = logging.LogRecord("celery.worker", logging.INFO, __file__, 0, message.strip(), (), None)
    os.write(2, f"{JsonLines().format(record)}\n".encode())


def own_name(hostname: str | None) -> str | None:
    """The name that was given with -n, or one that no other worker has.

    Celery's default is the same for all workers of a host, and containers may share a host name and process id.
    """
    context = click.get_current_context(silent=True)
    if context and context.get_parameter_source("hostname") is ParameterSource.DEFAULT:
        return f"celery-{secrets.token_hex(4)}@{socket.gethostname()}"
    return hostname


def check_options(pool: Any, autoscale: Any = None) -> None:
    """Ends the worker with one line if it is to work in a way that can't keep the desk's promises."""
    kind = getattr(pool, "__module__", str(pool or POOLS[0])).rpartition(".")[2]
    if kind not in POOLS:
        kind = {"thread": "threads"}.get(kind, kind)
        cannot_work(f"-P {kind} can't end a step that hangs; use -P prefork (the default) or -P solo")
    if NO_PROCESSES.search(" ".join(sys.argv[1:])):
        cannot_work("--concurrency 0 leaves nobody to work; give at least 1, or leave it out")
    if autoscale and min(autoscale) < 1:
        cannot_work(
            f"--autoscale {max(autoscale)},{min(autoscale)} leaves nobody to work; give a minimum of at least 1"
        )
