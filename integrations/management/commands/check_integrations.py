from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations.connections import try_connections


class Command(BaseCommand):
    help = "Connects to every destination and logs on, without creating anything. Exits 1 if one is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="destination", help="default: all of the shop's")

    def handle(self, *args: Any, **options: Any) -> None:
        if unknown := set(options["names"]) - set(settings.ENABLED_STEPS):
            known = ", ".join(settings.ENABLED_STEPS)
            raise CommandError(f"No such destination: {', '.join(sorted(unknown))}. This shop has {known}.")
        findings = try_connections(options["names"])
        for finding in findings:
            self.stdout.write(str(finding))
        if not all(finding.ok for finding in findings):
            raise SystemExit(1)
