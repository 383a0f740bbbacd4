from typing import Any

from django.core.management.base import BaseCommand

from shop.staff.roles import make_roles


class Command(BaseCommand):
    help = "Makes the staff roles sales, warehouse and operations (groups), or sets their permissions right again."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Roles: {', '.join(make_roles())}. Give them to staff in the admin, under Users.")
