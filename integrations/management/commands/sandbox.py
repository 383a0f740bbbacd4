from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from integrations.sandbox.__main__ import add_arguments, serve
from integrations.sandbox.environment import Logins


class Command(BaseCommand):
    help = "Serves stand-ins for SAP and marketing's statistics on 127.0.0.1, for a first look and for tests."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_arguments(parser, settings.VAR_DIR / "sandbox")

    def handle(self, *args: Any, **options: Any) -> None:
        # The stand-ins' own logins, never those of the settings: they would be shown.
        serve(options["port"], options["data_dir"], Logins())
