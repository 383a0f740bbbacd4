"""`manage.py queues`: what the broker holds, beside what the rows say."""

import json
import time
from typing import Any

from django.core.management.base import CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from orders.database.patience import Each, bounded
from shop.operations.program import Program
from shop.operations.queues.table import table
from shop.operations.queues.view import View, view

PAUSE = 2.0  # seconds between two looks
PATIENCE = 5.0  # seconds for a statement: one that is silent is told, and the broker's part is shown
CLEAR = "\033[H\033[2J\033[3J"


class Command(Program):
    help = (
        "Shows the desk's queues: messages ready and unacknowledged, consumers and how many of these are the desk's "
        "workers, beside the steps that the rows have open, held, waiting and parked. Below the table: who consumes "
        "that should not, what nobody consumes, and queues with more messages than steps. "
        "Exit code 0: nothing odd; 1: warnings; 2: the broker does not answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document a line")
        parser.add_argument("--watch", action="store_true", help="again every two seconds, until Ctrl-C")

    def run(self, **options: Any) -> int:
        if options["watch"]:
            self.interrupted = 0
        while True:
            with bounded(Each(PATIENCE)):
                found = view()
            self.show(found, options)
            if not options["watch"]:
                return found.code
            time.sleep(PAUSE)

    def show(self, found: View, options: dict[str, Any]) -> None:
        if options["json"]:
            self.say(json.dumps(found.as_json(), cls=DjangoJSONEncoder, ensure_ascii=False))
            return
        if options["watch"] and self.stdout.isatty():
            self.stdout.write(CLEAR, ending="")
        for line in table(found):
            self.say(line)
