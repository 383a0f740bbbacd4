"""A private PostgreSQL, durable as in production: `with postgres.server() as database: … database.url`.

The one that most tests share need not outlive a power cut: `with postgres.server(CARELESS)`.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2

from shop.quickstart.ports import free_port
from shop.quickstart.processes import Folder, Process, StartFailed

USER = "desk"
NAME = "desk"
# The superuser. Not the desk's own user, as in production: when all connections are used up, some are left for it.
OPERATOR = "operator"
TOO_MANY, OPERATORS_PATIENCE = "too many clients already", 10  # seconds
# Nothing waits for a disk. What statements do, and see, is the same; no test that kills its server may use it.
CARELESS = {"fsync": "off", "full_page_writes": "off"}


def programs() -> Path:
    """The folder of `initdb` and `postgres`. Raises StartFailed where PostgreSQL is not installed."""
    debian = Path("/usr/lib/postgresql")
    versions = sorted(debian.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    if not found:
        raise StartFailed("PostgreSQL's server programs (initdb, postgres) were not found; see bin/test.")
    return Path(found).parent


def run_as() -> str | None:
    """PostgreSQL refuses to run as root: the user to run it as, or None for our own."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class PostgreSQL:
    """One server with one empty database. Ports and data stay the same over `stop`, `kill`, `start`, `restart`."""

    def __init__(self, settings: Mapping[str, object] | None = None) -> None:
        self.settings = settings or {}
        self.port = free_port()
        self.password = secrets.token_hex(16)
        self.user = run_as()
        self._folder = Folder("order-desk-postgres-")
        self.folder = self._folder.path
        self._initialise()
        self.process = self._process()

    @property
    def url(self) -> str:
        return self.url_of(NAME)

    def url_of(self, database: str, user: str = USER) -> str:
        return f"postgresql://{user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(self.password)
        if self.user:
            for path in (self.folder, password):
                shutil.chown(path, self.user)
        command: list[str | Path] = [
            programs() / "initdb",
            "-D",
            self.folder / "data",
            "-U",
            OPERATOR,
            "-A",
            "scram-sha-256",
        ]
        command += ["--pwfile", password, "-E", "UTF8", "--locale=C", "-N"]
        # -N: the fresh files need no sync to disk one by one; from then on the server syncs as in production.
        done = subprocess.run(
            command, capture_output=True, text=True, user=self.user, cwd=tempfile.gettempdir(), check=False
        )
        if done.returncode:
            raise StartFailed("PostgreSQL's initdb failed.", done.stdout + done.stderr)

    def _process(self) -> Process:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            **self.settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [programs() / "postgres", "-D", self.folder / "data", *options]
        return Process("PostgreSQL", command, log=self.folder / "log", cwd=self.folder, user=self.user)

    def start(self) -> None:
        """Returns when it takes connections and its database exists."""
        self.process.start()
        self.process.wait_until(self._ready)
        if (NAME,) not in self.query("SELECT datname FROM pg_database"):
            self.query(f"CREATE ROLE {USER} LOGIN CREATEDB PASSWORD '{self.password}'")
            self.query(f"CREATE DATABASE {NAME} OWNER {USER}")

    def _ready(self) -> bool:
        try:
            psycopg2.connect(self.url_of("postgres", OPERATOR), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def query(
        self, statement: str, *values: Any, database: str = "postgres", user: str = OPERATOR
    ) -> list[tuple[Any, ...]]:
        """Runs a statement outside a transaction, as the superuser if nobody else is named; returns the rows."""
        connection = self._connect(database, user)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def _connect(self, database: str, user: str) -> Any:
        """Those who are about to be refused hold a place each, for a moment: also the superuser's may be taken."""
        deadline = time.monotonic() + OPERATORS_PATIENCE
        while True:
            try:
                return psycopg2.connect(self.url_of(database, user), connect_timeout=5)
            except psycopg2.OperationalError as error:
                if user != OPERATOR or TOO_MANY not in str(error) or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def query_desk(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Runs a statement on the desk's database, as the desk."""
        return self.query(statement, *values, database=NAME, user=USER)

    def dump(self) -> str:
        """The desk's database as an operator backs it up: pg_dump's SQL."""
        return self._client("pg_dump")

    def drop(self) -> None:
        """The desk's database is gone, whoever is connected, and an empty one without tables is in its place."""
        self.query(f"DROP DATABASE {NAME} WITH (FORCE)")
        self.query(f"CREATE DATABASE {NAME} OWNER {USER}")

    def load(self, dump: str) -> None:
        """Puts a dump into a database without tables: all of it becomes visible at once."""
        self._client("psql", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", sql=dump)

    def _client(self, program: str, *options: str, sql: str = "") -> str:
        """Runs one of PostgreSQL's client programs on the desk's database. Raises RuntimeError with its words."""
        command: list[str | Path] = [programs() / program, *options, f"--dbname={self.url_of(NAME, OPERATOR)}"]
        done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}".strip())
        return done.stdout

    def terminate_backends(self) -> int:
        """Ends all connections but our own, as an operator or a failover would. Returns how many."""
        rows = self.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return len(rows)

    def freeze(self) -> None:
        """SIGSTOP for the server and all its processes: it takes connections, as the kernel does, and says nothing."""
        for pid in (self.process.pid, *self._backends()):
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT for all of them."""
        for pid in (self.process.pid, *self._backends()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        """A fast shutdown: transactions are rolled back, connections closed (SIGINT)."""
        self.process.stop(number=signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL for the server and all its backends (each leads a session of its own)."""
        backends = self._backends() if self.process.running else []
        self.process.kill()
        for pid in backends:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _backends(self) -> list[int]:
        lines = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = (line.split() for line in lines.splitlines())
        return [int(pid) for pid, parent in pairs if int(parent) == self.process.pid]

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        """Ends it for good and removes its data."""
        self.kill()
        self._folder.remove()


@contextmanager
def server(settings: Mapping[str, object] | None = None) -> Iterator[PostgreSQL]:
    database = PostgreSQL(settings)
    try:
        database.start()
        yield database
    finally:
        database.close()
