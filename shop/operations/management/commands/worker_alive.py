"""`manage.py worker_alive`: a probe for whoever restarts workers; `--ready` says whether one can work."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from orders.messaging.workers import Worker, late_after
from shop.operations import alive
from shop.operations.program import Program


class Command(Program):
    """manage.py answers without `--ready` by itself: a probe every few seconds must not import Django."""

    help = "Whether the worker of SHOP_WORKER_ALIVE_FILE goes round; with --ready, whether its row is renewed too."

    def add_arguments(self, parser: CommandParser) -> None:
        alive.add_options(parser, settings.WATCHING.alive_file)
        parser.add_argument("--ready", action="store_true", help="look at the worker's row, too")

    def run(self, file: str, seconds: float, ready: bool, **options: Any) -> int:
        trouble, worker = alive.look_at(file, seconds)
        if ready and not trouble:
            trouble = of_row(worker)
        self.say(trouble or f"ok: {worker}")
        return 1 if trouble else 0


def of_row(worker: str) -> str:
    """What is wrong with the worker's row; "" if it was renewed in time, by the database's clock."""
    if Worker.alive().filter(pk=worker).exists():
        return ""
    return f"The row of {worker} was not renewed for {late_after().total_seconds():g} s: broker, pool or database."
