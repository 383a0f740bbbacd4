"""A real PgBouncer in transaction mode before a PostgreSQL of the tests: 127.0.0.1, a port and a folder of its own."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from shop.quickstart.ports import answers, free_port
from shop.quickstart.processes import Folder, Process
from tests.lacking import lacks
from tests.servers.postgres import NAME, USER, PostgreSQL

PROGRAM = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
SETTINGS = """
[databases]
{name} = host=127.0.0.1 port={server} dbname={name}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users
stats_users = {user}
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 1000
logfile =
pidfile = {folder}/pid
"""


class PgBouncer:
    """`url` is what the desk's processes get as SHOP_DATABASE_URL."""

    def __init__(self, folder: Path, database: PostgreSQL, connections: int) -> None:
        self.port = free_port()
        self.url = database.url.replace(f":{database.port}/", f":{self.port}/")
        self.settings = folder / "pgbouncer.ini"
        self.values = {"name": NAME, "port": self.port, "folder": folder, "user": USER, "connections": connections}
        self.settings.write_text(SETTINGS.format(server=database.port, **self.values))
        (folder / "users").write_text(f'"{USER}" "{database.password}"\n')
        if database.user:  # It refuses to run as root, as PostgreSQL does.
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, database.user)
        command = [PROGRAM, str(self.settings)]
        self.process = Process("PgBouncer", command, log=folder / "log", cwd=folder, user=database.user)

    def start(self) -> None:
        self.process.start()
        self.process.wait_until(lambda: answers(self.port), 20)

    def lead_to(self, database: PostgreSQL) -> None:
        """To another server from now on: its file is changed and read again (SIGHUP), as after a failover."""
        self.settings.write_text(SETTINGS.format(server=database.port, **self.values))
        self.process.send(signal.SIGHUP)

    def show(self, what: str) -> list[dict[str, Any]]:
        """The rows of its own SHOW: "POOLS", "CLIENTS"."""
        connection = psycopg2.connect(self.url.rpartition("/")[0] + "/pgbouncer", connect_timeout=5)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f"SHOW {what}")
                names = [column.name for column in cursor.description or ()]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        finally:
            connection.close()


@contextmanager
def pooler(database: PostgreSQL, *, connections: int) -> Iterator[PgBouncer]:
    """All of its clients share so many connections of the database. Skips the test where there is none."""
    if not os.access(PROGRAM, os.X_OK):
        lacks("PgBouncer is not here: apt-get install pgbouncer")
    with Folder("order-desk-pgbouncer-") as folder:
        pooler = PgBouncer(folder, database, connections)
        pooler.start()
        try:
            yield pooler
        finally:
            pooler.process.kill()
