"""The operator gets a connection though customers, refused ones too, have taken them all for a moment."""

import threading
import time

import psycopg2

from tests.servers import postgres

PLACES = 8


def test_the_operator_waits_for_a_place() -> None:
    with postgres.server({**postgres.CARELESS, "max_connections": str(PLACES)}) as database:
        url = database.url_of("postgres", postgres.OPERATOR)
        taken = [psycopg2.connect(url) for _ in range(PLACES)]
        threading.Timer(1.0, taken[0].close).start()
        began = time.monotonic()
        assert database.query("SELECT 1") == [(1,)]
        assert time.monotonic() - began > 0.5
        for connection in taken:
            connection.close()
