"""Every task takes ids only, and leaves the rest to the rows."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from celery import shared_task
from celery.exceptions import Reject
from django.db import OperationalError, connection

from orders.messaging import task
from orders.messaging.task import DeskTask

ran: list[int] = []


@shared_task(name="tests.take_an_id", base=DeskTask)
def take_an_id(order_id: int) -> None:
    ran.append(order_id)


@shared_task(name="tests.find_the_database_away", base=DeskTask)
def find_the_database_away(order_id: int) -> None:
    raise OperationalError("server closed the connection")


@pytest.mark.parametrize("arguments", [["1; DROP TABLE"], [True], [1.0], [None], [], [1, 2], [[1]]])
def test_arguments_that_are_no_ids_make_a_dead_letter(arguments: list[Any]) -> None:
    ran.clear()
    with pytest.raises(Reject) as caught:
        take_an_id(*arguments)
    assert not caught.value.requeue
    assert ran == []


def test_an_id_is_worked_on(db: None) -> None:
    ran.clear()
    take_an_id(7)
    assert ran == [7]


def test_a_database_that_is_away_ends_the_task_quietly(db: None) -> None:
    assert find_the_database_away(7) is None


@pytest.mark.parametrize(("idle", "broken", "looked"), [(0.2, False, 0), (1.5, False, 1), (0.2, True, 1)])
def test_a_connection_that_was_idle_or_had_an_error_is_looked_at_before_it_is_used(
    monkeypatch: pytest.MonkeyPatch, idle: float, broken: bool, looked: int
) -> None:
    looks: list[int] = []
    monkeypatch.setattr(task, "close_old_connections", lambda: looks.append(1))
    monkeypatch.setattr(task.Checked, "at", time.monotonic() - idle)
    monkeypatch.setattr(task, "connection", SimpleNamespace(errors_occurred=broken, in_atomic_block=False))
    take_an_id(7)
    assert len(looks) == looked
    take_an_id(8)
    assert len(looks) == looked * (2 if broken else 1)


@pytest.mark.django_db
def test_a_callers_transaction_keeps_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task.Checked, "at", 0.0)
    used = connection.connection
    take_an_id(7)
    assert connection.connection is used is not None
