"""PostgreSQL's connections: are there enough for all that the web, the workers and commands may open together?

The web says itself how many it may open, in the name of each connection: one that has none open now, on whatever
machine, can't be counted. Workers are known by their rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Sum

from orders.database.names import COMMAND, OURS, WORKER, size
from orders.database.vendor import on_postgresql
from orders.models import Worker
from shop.operations.doctor.finding import OK, WARNING, Finding, Findings

NAME = "database"
FULL = 0.8  # of the connections
COMMANDS = 10  # The doctor takes up to eight by itself.
# PostgreSQL's own processes are none. Of other users' connections a plain user sees their names, not what they are.
OPEN = """
    SELECT coalesce(application_name, ''), coalesce(host(client_addr), ''), datname = current_database(), count(*)
    FROM pg_stat_activity
    WHERE datid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'
    GROUP BY 1, 2, 3
"""
LIMIT = """
    SELECT sum(CASE name WHEN 'max_connections' THEN setting::int ELSE -setting::int END) FROM pg_settings
    WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
"""
RAISE = "Raise max_connections, or put PgBouncer before it (transaction mode)."


@dataclass(frozen=True)
class Program:
    """Connections of one name from one address; `here`: to the desk's own database."""

    name: str
    address: str
    here: bool
    open: int


@dataclass(frozen=True)
class Most:
    """How many connections there may be at once, by whose they are. `webs`: so many told how many they may open."""

    webs: int
    web: int
    workers: int
    others: int

    @property
    def all(self) -> int:
        return self.web + self.workers + COMMANDS + self.others

    def __str__(self) -> str:
        web = f"the web {self.web}" if self.webs else "the web (none of it is connected now, so 0 are counted)"
        return f"{web}, the workers {self.workers}, commands {COMMANDS}, other programs {self.others} as now"


def check() -> Findings:
    if not on_postgresql():
        return
    limit, found = asked(LIMIT)[0][0], [Program(*row) for row in asked(OPEN)]
    used = sum(program.open for program in found)
    said = f"{used} of {limit} connections are open"
    if pooled():
        said += ", and a pooler (PgBouncer) decides how many it opens."
        enough = True
    else:
        need = most(found)
        enough = need.all <= limit
        said += f"; {need.all} may be needed: {need}."
    if used > limit * FULL or not enough:
        yield Finding(NAME, WARNING, said, RAISE)
    else:
        yield Finding(NAME, OK, said)


def most(found: Iterable[Program]) -> Most:
    """The webs of all databases on the server count, one a machine; workers are those of ours that are alive."""
    programs = list(found)
    webs = {(program.name, program.address): size(program.name) for program in programs}
    told = [count for count in webs.values() if count is not None]
    counted = {f"{OURS}{WORKER}", f"{OURS}{COMMAND}"}  # in other ways
    others = sum(
        program.open
        for program in programs
        if size(program.name) is None and not (program.here and program.name in counted)
    )
    pools = Worker.alive().aggregate(all=Sum("processes"))["all"] or settings.WORKER_CONCURRENCY
    return Most(webs=len(told), web=sum(told), workers=pools, others=others)


def pooled() -> bool:
    """True behind a pooler: the process that answers is none that took the connection."""
    ((answers,),) = asked("SELECT pg_backend_pid()")
    return bool(answers != connection.connection.get_backend_pid())


def asked(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
