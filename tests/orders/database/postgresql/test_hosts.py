"""A primary and its standbys: which one a new connection leads to, with real servers and one that says nothing."""

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
from psycopg2.extensions import set_wait_callback

from orders.database.patience import NoAnswer, Together, bounded, install
from orders.database.postgresql import hosts
from shop.quickstart.ports import free_port


@pytest.fixture(autouse=True)
def waiting_in_here() -> Iterator[None]:
    install()
    hosts._Last.host = None
    yield
    hosts._Last.host = None
    set_wait_callback(None)


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def parameters(url: str, *ports: int | None) -> dict[str, Any]:
    """Of a server at each port, in this order; the real one where there is None."""
    real = urlsplit(url)
    return {
        "user": real.username, "password": real.password, "dbname": real.path[1:],
        "host": ",".join(["127.0.0.1"] * len(ports)), "port": ",".join(str(port or real.port) for port in ports),
    }  # fmt: skip


def connecting(one: Mapping[str, Any]) -> Any:
    return psycopg2.connect(**one)


def test_a_server_that_refuses_and_one_that_is_silent_are_passed_over(
    postgres_url: str, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.monotonic()
    with bounded(Together(20)):
        hosts.connect(parameters(postgres_url, free_port(), silent, None), connecting).close()
        assert hosts.SILENT <= time.monotonic() - began < 15
        monkeypatch.setattr(hosts, "SILENT", 15.0)
        again = time.monotonic()
        hosts.connect(parameters(postgres_url, free_port(), silent, None), connecting).close()
        assert time.monotonic() - again < hosts.SILENT  # Who took the last one is asked first.


def test_servers_that_are_all_away_take_no_longer_than_the_request_may_wait(silent: int) -> None:
    began = time.monotonic()
    with bounded(Together(1.5)), pytest.raises(NoAnswer):
        hosts.connect(parameters("postgresql://a:b@h/d", silent, silent), connecting)
    assert time.monotonic() - began < 30  # Unbounded they would wait for ever.


def test_one_that_is_only_slow_is_asked_again_with_all_the_time_that_is_left() -> None:
    asked: list[str] = []

    def slow(one: Mapping[str, Any]) -> str:
        asked.append(one["host"])
        if one["host"] == "standby":
            raise psycopg2.OperationalError("session is read-only")
        if asked.count("primary") == 1:
            raise NoAnswer("in a second")
        return "connected"

    assert hosts.connect({"host": "primary,standby", "port": "5433,5434"}, slow) == "connected"
    assert asked == ["primary", "standby", "primary"]


def test_what_the_last_server_said_is_told() -> None:
    def away(one: Mapping[str, Any]) -> None:
        raise psycopg2.OperationalError(f"{one['host']}:{one['port']} is away")

    with pytest.raises(psycopg2.OperationalError, match="two:5434 is away"):
        hosts.connect({"host": "one,two", "port": "5433,5434"}, away)


def test_one_server_is_django_s_own_business() -> None:
    told: list[Mapping[str, Any]] = []
    with suppress(psycopg2.OperationalError):
        hosts.connect({"host": "one"}, told.append)
    assert told == [{"host": "one"}]
