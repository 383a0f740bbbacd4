"""`manage.py adopt`: says that this database is ours, and lets what it held go out."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from orders.steps import instance
from orders.steps.backlog import Backlog, backlogs
from printing.models import Printer
from shop.operations.program import Program


class Command(Program):
    help = (
        "Marks the database as this desk's (SHOP_INSTANCE). A copy of another desk's database holds every step until "
        "then; after it, what is open goes out to the systems and printers that are shown. Exit code 0: it is ours; "
        "1: it is held, and --look was given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--look", action="store_true", help="only show what would go out, and where")

    def run(self, **options: Any) -> int:
        held = instance.why_held()
        if not held:
            self.say(f"This database is ours: {settings.INSTANCE or 'it has no mark, and SHOP_INSTANCE is not set'}.")
            return 0
        self.say(held)
        self.show_open()
        if options["look"]:
            return 1
        with self.interrupts.whole():
            instance.adopt(by="manage.py adopt")
        self.say(f"It is ours now{f', marked as {settings.INSTANCE}' if settings.INSTANCE else ''}.")
        return 0

    def show_open(self) -> None:
        """What goes out afterwards, and where to."""
        for found in backlogs(Backlog).values():
            if found.open:
                self.say(f"{found.open} steps go to {found.name}.")
        for printer in Printer.objects.filter(active=True):
            self.say(f"Slips may go to the printer {printer}, {printer.url}.")
