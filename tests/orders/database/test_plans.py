"""A prepared statement's plan is kept for a while, not for ever."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.database import prepared
from tests.orders.database.test_prepared import asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("on_postgresql")]


@pytest.fixture(autouse=True)
def own_connection() -> Iterator[None]:
    """One that has prepared nothing; what the test sets in it ends with it."""
    connection.close()
    yield
    connection.close()


def test_a_connection_drops_its_plans_after_a_thousand_executions() -> None:
    with CaptureQueriesContext(connection) as seen, connection.cursor() as cursor:
        for number in range(1999):
            prepared.execute(cursor, "SELECT %s + 1", [number])
    places = [place for place, query in enumerate(seen.captured_queries) if query["sql"] == "DISCARD PLANS"]
    assert places == [1000]  # Behind PREPARE and 999 executions.


def test_a_table_that_grew_is_not_read_through_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "PLANS_KEPT_FOR", 10)
    find = "SELECT stone FROM jar WHERE stone = %s"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE jar (stone integer UNIQUE)")
        cursor.execute("INSERT INTO jar VALUES (0)")
        cursor.execute("VACUUM ANALYZE jar")  # From now on PostgreSQL knows it as a small one.
        cursor.execute("SET plan_cache_mode = force_generic_plan")  # As it is after five executions.
        prepared.execute(cursor, find, [0])
        cursor.execute("INSERT INTO jar SELECT generate_series(1, 2000)")
    (name,) = asked(f"SELECT name FROM pg_prepared_statements WHERE statement LIKE '%{find[:-2]}%'")  # noqa: S608

    def plan() -> str:
        return "\n".join(map(str, asked(f"EXPLAIN EXECUTE {name} (1)")))

    assert "Seq Scan" in plan()
    with connection.cursor() as cursor:
        for stone in range(10):
            prepared.execute(cursor, find, [stone])
            assert cursor.fetchone() == (stone,)
    assert "Index" in plan()
