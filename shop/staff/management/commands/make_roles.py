"""`manage.py make_roles wim=warehouse olga=operations`: the roles as they should be, and who has them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.staff.roles import UnknownPermission, UnknownPerson, give, make_roles


class Command(BaseCommand):
    help = (
        "Makes the staff roles sales, warehouse and operations (groups), or sets their permissions right again. With"
        " NAME=ROLE it gives people who can log on a role, and lets them into the staff's pages."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("people", nargs="*", metavar="NAME=ROLE", help="e.g. wim=warehouse")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            roles = make_roles()
            for name, _, role in (entry.rpartition("=") for entry in options["people"]):
                give(name, role)
                self.stdout.write(f"{name}: {role}.")
        except (UnknownPermission, UnknownPerson) as error:
            raise CommandError(str(error)) from error
        if not options["people"]:
            self.stdout.write(f"Roles: {', '.join(roles)}. Give them: manage.py make_roles NAME=ROLE, or under People.")
