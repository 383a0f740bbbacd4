from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shop.staff.roles import UnknownPermission, make_roles


class Command(BaseCommand):
    help = "Makes the staff roles sales, warehouse and operations (groups), or sets their permissions right again."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            roles = make_roles()
        except UnknownPermission as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Roles: {', '.join(roles)}. Give them to staff in the admin, under Users.")
