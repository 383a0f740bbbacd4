"""Where the rows are: the database of a URL, or SQLite in a file of our own."""

import re
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured


def database(url: str, var_dir: Path) -> dict[str, Any]:
    """Django's entry for it. Raises ImproperlyConfigured, without the URL: it has the password in it."""
    if not url:
        return embedded(var_dir / "desk.sqlite3")
    try:
        first, several = hosts(url)
        entry: dict[str, Any] = dict(dj_database_url.parse(first, conn_max_age=None, conn_health_checks=True))
    except (ValueError, dj_database_url.ParseError):
        raise ImproperlyConfigured(
            "SHOP_DATABASE_URL is no database URL (postgresql://user:password@host/name)"
        ) from None
    if entry["ENGINE"] == "django.db.backends.sqlite3":
        return embedded(in_a_file(entry["NAME"]))
    options = entry.get("OPTIONS", {})
    if entry["ENGINE"] != "django.db.backends.postgresql" or not (entry["NAME"] or "service" in options):
        raise ImproperlyConfigured(f"SHOP_DATABASE_URL: {TAKEN}")
    entry["ENGINE"] = "orders.database.postgresql"
    entry["OPTIONS"] = IN_SECONDS | (ONE_WRITES if several else {}) | options
    return entry | several


TAKEN = (
    "it is postgresql://user:password@host/name, or sqlite:////srv/desk/desk.sqlite3; other databases were not tried."
)


def in_a_file(name: str) -> Path:
    """Raises ImproperlyConfigured for SQLite in memory: each process would have a database of its own, for a while."""
    if name in ("", ":memory:"):
        raise ImproperlyConfigured(f"SHOP_DATABASE_URL names no file; {TAKEN}")
    return Path(name).absolute()


AUTHORITY = re.compile(r"(?P<before>\w+://(?:[^@/]*@)?)(?P<hosts>[^/?@]+,[^/?@]*)(?P<rest>(?:[/?].*)?)")
HOST = re.compile(r"(?:\[(?P<six>[^\[\]]+)\]|(?P<name>[^\[\]:]+))(?::(?P<port>\d+))?")


# Of several servers only one takes writes, and only that one is connected to.
ONE_WRITES = {"target_session_attrs": "read-write"}


def hosts(url: str) -> tuple[str, dict[str, str]]:
    """The URL with one host in their place, and Django's HOST and PORT, where there are several: a primary, standbys.

    Each has a port or none; dj-database-url knows one port at most.
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
    Raises ValueError for a host that is none: one that was left out would be missed at the next failover alone.
    """
    if not (parts := AUTHORITY.fullmatch(url)):
        return url, {}
    each = [found for one in parts["hosts"].split(",") if (found := HOST.fullmatch(one))]
    if len(each) <= parts["hosts"].count(","):
        raise ValueError
    ports = ",".join(one["port"] or "5432" for one in each) if any(one["port"] for one in each) else ""
    several = {"HOST": ",".join(one["six"] or one["name"] for one in each), "PORT": ports}
    return f"{parts['before']}several{parts['rest']}", several


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
