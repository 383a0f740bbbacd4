"""A PostgreSQL that follows another one: `with standby.following(primary) as second: … second.promote()`."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from shop.quickstart.processes import StartFailed
from tests.servers.postgres import OPERATOR, PostgreSQL, programs

# As docs/scaling.md has them; tests/end_to_end/test_failover.py compares.
COPY = "pg_basebackup --write-recovery-conf --checkpoint=fast"
SYNCHRONOUS = "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (pg2, pg3)'"
FOLLOWERS = "SELECT application_name, sync_state FROM pg_stat_replication"
PROMOTE = "SELECT pg_promote()"


class Standby(PostgreSQL):
    """All of a primary's data, and from then on all that is written there."""

    def __init__(self, primary: PostgreSQL, name: str) -> None:
        self.primary, self.name = primary, name
        super().__init__(primary.settings)
        self.password = primary.password

    def _initialise(self) -> None:
        if self.user:
            shutil.chown(self.folder, self.user)
        program, *options = COPY.split()
        source = f"{self.primary.url_of('postgres', OPERATOR)}?application_name={self.name}"
        command = [str(programs() / program), *options, f"--pgdata={self.folder / 'data'}", f"--dbname={source}"]
        done = subprocess.run(command, capture_output=True, text=True, user=self.user, cwd=self.folder, check=False)
        if done.returncode:
            raise StartFailed("PostgreSQL's pg_basebackup failed.", done.stdout + done.stderr)

    def promote(self) -> None:
        """It takes writes from now on."""
        self.query(PROMOTE)


@contextmanager
def following(primary: PostgreSQL, name: str = "pg2") -> Iterator[Standby]:
    """A standby that runs and follows."""
    standby = Standby(primary, name)
    try:
        standby.start()
        yield standby
    finally:
        standby.close()
