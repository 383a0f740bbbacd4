"""Customers are told by mail: a whole desk, and a real mail server."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TUTORIAL, wait_for
from tests.integrations.mail.mail_server import MailServer
from tests.integrations.mail.running_mail_server import running
from tests.servers.rabbitmq import RabbitMQ

REACHABLE = TUTORIAL | {"email": "helgi@example.com"}
PACE = {"SHOP_STEP_TIME_LIMIT_SECONDS": "2", "SHOP_STEP_LEASE_SECONDS": "3", "SHOP_STEP_GRACE_SECONDS": "1"}


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[tuple[MailServer, dict[str, str]]]:
    with running(tmp_path, "statistics") as (server, variables):
        yield server, dict(variables)


def asked(database: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(database)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.mark.timeout(180)
def test_a_worker_killed_while_the_server_takes_the_mail_sends_no_second_one(
    open_desk: OpenDesk, own_broker: RabbitMQ, database_url: str, mail: tuple[MailServer, dict[str, str]]
) -> None:
    """SIGKILL between the mail's end and the row: nobody knows, so a person is asked."""
    server, variables = mail
    desk = open_desk({"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url, **PACE, **variables})
    desk.wait_until_processed(told := desk.post(REACHABLE))
    server.faults, server.take_first = {"end": "hang"}, True
    number = desk.post(REACHABLE)
    wait_for(lambda: len(server.mails) == 2, "the server had the second mail")
    os.killpg(os.getpgid(desk.processes["worker1"].pid), signal.SIGKILL)
    server.faults = {}
    desk.start_worker("worker2")
    wait_for(lambda: desk.state(number, "mail") == "parked", "a person is asked")
    sent = Counter(mail.read["Message-ID"] for mail in server.mails)
    assert sent == {f"<{order}.received@shop.example>": 1 for order in (told, number)}
    [(reason, reference)] = asked(database_url, "SELECT reason, reference FROM orders_step WHERE state = 'parked'")
    assert reason.startswith("An earlier try broke off behind the mail's end")
    assert reference == f"<{number}.received@shop.example>"
