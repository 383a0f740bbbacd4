"""Several PostgreSQL servers in one URL, a primary and its standbys: which one a new connection leads to.

libpq would try them in turn, too, but where psycopg2 waits in `orders.database.patience` its `connect_timeout` does not
hold: a first host without power would be waited for until the whole bound is over, each time.
"""

from collections.abc import Callable, Mapping
from typing import Any

import psycopg2

from orders.database.patience import NoAnswer, within

SILENT = 1.0  # seconds that a host may take while there are others

Parameters = Mapping[str, Any]


class _Last:
    """Which host took this process's last connection: it is asked first."""

    host: tuple[str, str] | None = None


def separately(parameters: Parameters) -> list[dict[str, Any]]:
    """libpq's parameters with one host each, in the order in which they are tried.

    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
    """
    hosts = str(parameters.get("host", "")).split(",")
    ports = str(parameters.get("port", "")).split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    each = [{**parameters, "host": host, "port": port} for host, port in zip(hosts, ports, strict=True)]
    return sorted(each, key=lambda one: (one["host"], one["port"]) != _Last.host)


def connect(parameters: Parameters, connecting: Callable[[Parameters], Any]) -> Any:
    """The first connection that a host takes. Raises the last one's psycopg2.OperationalError if none does.

    A host that says nothing is passed over, and asked again, with all the time that is left, when no other one took it.
    """
    if "," not in str(parameters.get("host", "")):
        return connecting(parameters)
    left, error = separately(parameters), None
    for seconds in (SILENT, None):
        silent = []
        for one in left:
            try:
                with within(seconds):
                    found = connecting(one)
            except psycopg2.OperationalError as its:
                error = its
                silent += [one] if isinstance(its, NoAnswer) else []
            else:
                _Last.host = one["host"], one["port"]
                return found
        left = silent
    raise error or psycopg2.OperationalError("there is no host")
