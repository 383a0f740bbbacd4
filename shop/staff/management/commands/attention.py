"""`manage.py attention test`: sends operators a test message, and prints what came back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.staff.attention.trying import NotTried, send_test


class Command(BaseCommand):
    help = "Sends a test message to everybody who is told of what needs somebody, and prints what came back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["test"], help="test: send a test message")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with a status of 1 if one of them did not get it."""
        failed = []
        try:
            for answer in send_test(by="manage.py attention"):
                self.stdout.write(f"{'sent  ' if answer.ok else 'FAILED'}  {answer.to}: {answer.said}")
                failed += [] if answer.ok else [answer.to]
        except NotTried as error:
            raise CommandError(str(error)) from error
        if failed:
            raise CommandError(f"Not told: {', '.join(failed)}.")
