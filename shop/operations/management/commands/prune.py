"""`manage.py prune`: deletes what was kept long enough."""

import time
from typing import Any

from django.core.management.base import CommandParser

from shop.operations.program import Program
from shop.operations.retention.kinds import KINDS, Kind

OFTEN = 2.0  # seconds between two lines about the same kind


class Command(Program):
    interrupted = 0
    help = (
        "Deletes what was kept long enough: attempts, dead letters, events, sessions, printed slips. The workers do it "
        "once a day by themselves. It may run beside the desk and be ended at any moment: each transaction is small, "
        "and what is done is done. The ages are SHOP_KEEP_…_DAYS, SHOP_DEAD_LETTER_DAYS and SHOP_EVENT_DAYS."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how much there is")

    def run(self, **options: Any) -> int:
        for kind in KINDS:
            if options["dry_run"]:
                self.say(f"{kind.name}: {kind.count()} would be deleted")
            else:
                self.prune(kind)
        return 0

    def prune(self, kind: Kind) -> None:
        deleted, told = 0, time.monotonic()
        rounds = kind.prune()
        try:
            while (some := self.next_of(rounds)) is not None:
                deleted += some
                if time.monotonic() - told > OFTEN:
                    self.say(f"{kind.name}: {deleted} so far")
                    told = time.monotonic()
        finally:
            self.say(f"{kind.name}: {deleted} deleted")

    def next_of(self, rounds: Any) -> int | None:
        """A transaction is not interrupted, so that what is told is what was done."""
        with self.interrupts.whole():
            return next(rounds, None)
