"""What a desk needs before its first order: tables, a catalogue, and somebody who can log in."""

import secrets
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

from orders.management.commands.demo_catalogue import add_products
from orders.models import Order, Product
from shop.quickstart.processes import StartFailed

ADMIN = "admin"
CHANGED = "(the one you gave it)"


def kept_password() -> Path:
    """Where the admin's password is kept. Once it is there, a first look was had with this folder."""
    return Path(settings.VAR_DIR) / "admin_password"


def refuse_real_orders() -> None:
    """Raises StartFailed for a database of yours that is in use: a demo's orders don't belong there."""
    if settings.DATABASE_EMBEDDED or kept_password().exists():
        return
    if Order._meta.db_table in connection.introspection.table_names() and Order.objects.exists():
        raise StartFailed(
            f"the database of SHOP_DATABASE_URL ({settings.DATABASES['default']['NAME']}) holds orders that no first "
            f"look with {settings.VAR_DIR} has placed. Name an empty one, or leave SHOP_DATABASE_URL out."
        )


def put_aside_what_is_no_database() -> str:
    """An embedded database that was cut off or overwritten gives way to a new one; returns where it lies now, or ""."""
    file = Path(settings.VAR_DIR) / "desk.sqlite3"
    if not settings.DATABASE_EMBEDDED or not file.is_file() or not file.stat().st_size:
        return ""
    with file.open("rb") as opened:
        if opened.read(16) == b"SQLite format 3\0":
            return ""
    aside = file.with_name(f"{file.name}.unreadable")
    file.replace(aside)
    for log in (f"{file.name}-wal", f"{file.name}-shm"):
        file.with_name(log).unlink(missing_ok=True)
    return str(aside)


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0, stdout=StringIO())
    call_command("make_roles", verbosity=0, stdout=StringIO())


def catalogue() -> int:
    """Adds the demo products to an empty catalogue; returns how many products there are."""
    if not Product.objects.exists():
        add_products()
    return Product.objects.count()


def admin_password() -> str:
    """The password of `admin`, who is made with a random one at the first start.

    It is kept in a file, readable by its owner alone, to be shown again at the next start. The folder holds the
    embedded database and the secret key too: who can read it needs no password.
    """
    users, path = get_user_model().objects, kept_password()
    kept = path.read_text().strip() if path.exists() else ""
    if user := users.filter(username=ADMIN).first():
        return kept if kept and user.check_password(kept) else CHANGED
    password = secrets.token_urlsafe(12)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(password + "\n")
    users.create_superuser(username=ADMIN, password=password)
    return password
