"""manage.py prune, killed in the middle: what it has done is done, what must stay stays, and the next run goes on."""

from pathlib import Path

import psycopg2

from tests.end_to_end.command import run, start
from tests.end_to_end.desk import TestDesk, wait_for

ROWS = 60_000
FILL = f"""
from datetime import timedelta
from django.db.models import Max
from django.utils import timezone
from orders.models import Attempt, Counted, Step
from tests.factories import make_order
step = make_order().steps.get(name="sap")
Step.objects.filter(pk=step.pk).update(state="done", attempts={ROWS})
long_ago = timezone.now() - timedelta(days=2000)
rows = (Attempt(step=step, number=n, started_at=long_ago, outcome="temporary") for n in range(1, {ROWS} + 1))
Attempt.objects.bulk_create(rows, batch_size=5000)
newest = Attempt.objects.aggregate(newest=Max("pk"))["newest"]
Counted.objects.update_or_create(pk="attempts", defaults={{"upto": newest}})
"""
LOCKS = """
SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation JOIN pg_database ON pg_database.oid = database
WHERE datname = current_database() AND relname = 'orders_attempt' AND pid <> pg_backend_pid()
"""


def test_a_prune_that_is_killed_leaves_no_lock_and_the_next_one_goes_on(tmp_path: Path, database_url: str) -> None:
    desk = TestDesk(tmp_path, {"SHOP_DATABASE_URL": database_url})
    assert run(desk, "shell", "-v", "0", "-c", FILL) == (0, [])
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    cursor = connection.cursor()

    def number(statement: str) -> int:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])

    attempts = "SELECT count(*) FROM orders_attempt"
    process = start(desk, "prune")
    wait_for(lambda: number(attempts) < ROWS, "it deletes")
    process.kill()
    process.communicate()
    wait_for(lambda: number(LOCKS) == 0, "no lock is left")
    left = number(attempts)
    assert 1 < left < ROWS, "it was killed in the middle"
    assert number("SELECT max(number) FROM orders_attempt") == ROWS

    code, lines = run(desk, "prune")
    assert code == 0
    assert f"attempts: {left - 1} deleted" in lines
    cursor.execute("SELECT number FROM orders_attempt")
    assert cursor.fetchall() == [(ROWS,)]
    connection.close()
