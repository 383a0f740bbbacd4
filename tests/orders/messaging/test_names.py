"""What a connection is called."""

import json
import os
import sys

import click
import pytest

from orders.database.names import Called
from orders.messaging.names import Named, ThisProcess, connection_name


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"kind": "", "worker": "", "pid": 0}.items():
        monkeypatch.setattr(ThisProcess, name, value)
    monkeypatch.setattr(Called, "name", Called.name)


def test_a_worker_and_its_pool_are_told_apart() -> None:
    ThisProcess.is_a("worker", "ann@shop1")
    assert connection_name().startswith("order desk: worker ann@shop1, host ")
    assert Called.name == "order desk: worker", "to PostgreSQL"
    assert connection_name().endswith(f"pid {os.getpid()}")
    ThisProcess.pid = 1  # As in a child.
    assert connection_name().startswith("order desk: pool process of worker ann@shop1, host ")


def test_a_command_is_named_without_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/srv/desk/manage.py", "resend", "--order", "secret"])
    assert connection_name().startswith("order desk: manage.py resend, host ")
    with click.Context(click.Command("inspect"), info_name="inspect"):
        assert connection_name().startswith("order desk: celery inspect, host ")


def test_the_name_is_made_when_a_connection_is_opened() -> None:
    properties = Named()
    ThisProcess.is_a("web")
    assert dict({"product": "py-amqp"}, **properties) == {"product": "py-amqp", "connection_name": connection_name()}
    assert json.dumps(properties)  # `celery inspect stats` sends it.
