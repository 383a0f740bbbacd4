"""What a desk needs before its first order: tables, a catalogue, and somebody who can log in."""

import secrets
from io import StringIO
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management import call_command

from orders.management.commands.demo_catalogue import add_products
from orders.models import Product

ADMIN = "admin"
CHANGED = "(the one you gave it)"


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0, stdout=StringIO())
    call_command("make_roles", verbosity=0, stdout=StringIO())


def catalogue() -> int:
    """Adds the demo products to an empty catalogue; returns how many products there are."""
    if not Product.objects.exists():
        add_products()
    return Product.objects.count()


def admin_password(path: Path) -> str:
    """The password of `admin`, who is made with a random one at the first start.

    It is kept in `path`, readable by its owner alone, to be shown again at the next start. The folder holds the
    embedded database and the secret key too: who can read it needs no password.
    """
    users = get_user_model().objects
    kept = path.read_text().strip() if path.exists() else ""
    if user := users.filter(username=ADMIN).first():
        return kept if kept and user.check_password(kept) else CHANGED
    password = secrets.token_urlsafe(12)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(password + "\n")
    users.create_superuser(username=ADMIN, password=password)
    return password
