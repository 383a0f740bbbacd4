"""Are there connections enough for the web's threads, the workers' processes, and commands?"""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg2
import pytest
from django.db import connection

from orders.database.clock import from_now
from orders.database.names import Called, Web, size
from orders.models import Worker
from shop.operations.doctor import connections
from shop.operations.doctor.connections import COMMANDS, Program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_postgresql")]
WEB = f"order desk: {Web(processes=4, threads=5, parent=17)}"
OPEN = connections.OPEN
Opened = Callable[..., None]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests come and go on the same server, in databases of their own."""
    ours = connections.OPEN.replace("WHERE", "WHERE datname = current_database() AND")
    monkeypatch.setattr(connections, "OPEN", ours)


def a_worker(name: str, processes: int, ago: int = 0) -> None:
    seen = from_now(timedelta(seconds=-ago))
    Worker.objects.create(name=name, host="h", processes=processes, started_at=seen, seen_at=seen)


def told(monkeypatch: pytest.MonkeyPatch, limit: int) -> tuple[str, int]:
    monkeypatch.setattr(connections, "LIMIT", f"SELECT {limit}")
    (finding,) = connections.check()
    return finding.said, finding.level


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens a connection of that name to the tests' database, or to another one."""
    found = []

    def opening(name: str, **more: str) -> None:
        found.append(psycopg2.connect(**{**connection.get_connection_params(), "application_name": name, **more}))

    yield opening
    for each in found:
        each.close()


def of(*programs: Program) -> tuple[int, int, int, int]:
    found = connections.most(programs)
    return found.webs, found.web, found.workers, found.others


def test_a_web_counts_for_all_of_its_threads_however_few_are_connected() -> None:
    a_worker("one@h", 8)
    assert of(Program(WEB, "10.0.0.1", True, 1)) == (1, 20, 8, 0)
    assert of(Program(WEB, "10.0.0.1", True, 1), Program(WEB, "10.0.0.2", True, 20)) == (2, 40, 8, 0)
    assert of(Program(WEB, "10.0.0.1", False, 1)) == (1, 20, 8, 0), "another desk's, on the same server"
    other = WEB.replace("17@", "18@")
    assert of(Program(WEB, "10.0.0.1", True, 1), Program(other, "10.0.0.1", True, 1)) == (2, 40, 8, 0)


def test_all_workers_that_are_alive_count_and_nothing_counts_twice() -> None:
    a_worker("one@h", 8)
    a_worker("two@h", 5)
    a_worker("killed@h", 100, ago=600)
    worker, command = Program("order desk: worker", "", True, 6), Program("order desk: command", "", True, 7)
    assert of(worker, command) == (0, 0, 13, 0)


def test_other_programs_count_as_they_are() -> None:
    a_worker("one@h", 8)
    programs = [
        Program("psql", "", True, 2),
        Program("order desk: web", "", True, 3),  # Of another server than gunicorn: nobody knows how many threads.
        Program("order desk: worker", "", False, 4),  # Another desk's.
        Program("", "10.0.0.9", False, 5),
    ]
    assert of(*programs) == (0, 0, 8, 14)


def test_a_web_that_is_hardly_connected_may_be_more_than_there_is(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_worker("one@h", 8)
    opened(WEB)
    opened("psql")
    found = [Program(*row) for row in connections.asked(connections.OPEN)]
    need, used = connections.most(found), sum(program.open for program in found)
    assert (need.webs, need.web) == (1, 20)
    assert need.others >= 1
    assert need.all == 20 + 8 + COMMANDS + need.others
    said, level = told(monkeypatch, need.all)
    assert level == 0
    assert (
        f"{need.all} may be needed: the web 20, the workers 8, commands 10, other programs {need.others} as now."
        in said
    )
    said, level = told(monkeypatch, need.all - 1)
    assert (level, said.startswith(f"{used} of {need.all - 1} connections are open")) == (1, True)


def test_it_says_when_no_web_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    said, level = told(monkeypatch, 1000)
    assert level == 0
    assert "the web (none of it is connected now, so 0 are counted)" in said


def test_what_is_nearly_used_up_is_told_whoever_has_it(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(30):
        opened("order desk: command")
    a_worker("one@h", 1)
    assert told(monkeypatch, 1000)[1] == 0
    assert told(monkeypatch, 35)[1] == 1


def test_reserved_connections_are_for_others() -> None:
    ((limit,),) = connections.asked(connections.LIMIT)
    ((most,),) = connections.asked("SELECT current_setting('max_connections')::int")
    ((kept,),) = connections.asked("SELECT current_setting('superuser_reserved_connections')::int")
    assert kept > 0
    assert limit == most - kept


def test_a_new_connection_is_called_what_its_process_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Called, "name", "order desk: tried")
    another = connection.copy()
    another.connect()
    try:
        assert ("order desk: tried", True) in {(name, here) for name, _, here, _ in connections.asked(connections.OPEN)}
    finally:
        another.close()


def test_postgresqls_own_processes_are_no_connections() -> None:
    """In one transaction PostgreSQL shows the same each time."""
    ((all_,),) = connections.asked("SELECT count(*) FROM pg_stat_activity")
    assert 0 < sum(count for *_, count in connections.asked(OPEN)) < all_


@pytest.mark.parametrize("host", ["web1", "a-host-with-a-long-name.in-the-basement.warehouse.example.com"])
def test_how_many_a_web_may_open_is_read_from_its_name_as_postgresql_keeps_it(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: host)
    assert size(f"order desk: {Web(processes=16, threads=32, parent=4_194_304)}"[:63]) == 512
    assert [size(name) for name in ("order desk: web", "order desk: worker", "psql", "")] == [None] * 4
