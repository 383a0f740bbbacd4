"""Where the rows are: the database of a URL, or SQLite in a file of our own."""

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def database(url: str, var_dir: Path) -> dict[str, Any]:
    """Django's entry for it. Raises ImproperlyConfigured, without the URL: it has the password in it."""
    if not url:
        return embedded(var_dir / "desk.sqlite3")
    try:
        entry: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=None, conn_health_checks=True))
    except (ValueError, dj_database_url.ParseError):
        raise ImproperlyConfigured(
            "SHOP_DATABASE_URL is no database URL (postgresql://user:password@host/name)"
        ) from None
    if entry["ENGINE"] == "django.db.backends.postgresql":
        entry["ENGINE"] = "orders.database.postgresql"
        entry["OPTIONS"] = IN_SECONDS | entry.get("OPTIONS", {})
    return entry


# A database that does not answer must become a 503 in seconds, not a request that hangs.
IN_SECONDS = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
}


def embedded(path: Path) -> dict[str, Any]:
    """SQLite. A 201 promises that the order is on the disk: hence synchronous=FULL.

    IMMEDIATE lets writers queue up for `timeout` seconds instead of failing with "database is locked".
    """
    return {
        "ENGINE": "orders.database.sqlite",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
