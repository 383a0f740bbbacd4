import time
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connections
from django.db.utils import OperationalError
from django.test import Client
from psycopg2.extensions import set_wait_callback

from orders.database import patience
from orders.database.clock import from_now
from orders.database.patience import NoAnswer
from orders.messaging.periodic import SWEEP, Round
from orders.outbox import background
from shop.operations import health, migrated


def test_health_answers_without_the_database() -> None:
    response = Client().get("/health", headers={"Host": "10.0.0.7"})
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_health_is_only_read(path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert (client.post(path).status_code, client.delete(path)["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (client.options(path).status_code, client.options(path)["Allow"]) == (204, "GET, HEAD, OPTIONS")


def test_health_is_answered_over_plain_http(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/health").status_code == 200


def test_ready_asks_the_database(django_assert_num_queries: Any, db: None) -> None:
    migrated.forget()
    with django_assert_num_queries(4):
        response = Client().get("/health/ready")
    with django_assert_num_queries(2):  # Migrations and columns are looked at every ten seconds.
        response = Client().get("/health/ready")
    assert response.status_code == 200
    assert response.json()["sweeper"].startswith("No worker has ever done it")
    Round.objects.create(task=SWEEP, started_at=from_now(), worker="me@host")
    assert Client().get("/health/ready").json() == {"status": "ok", "sweeper": "ok", "broker": "ok"}


@pytest.mark.parametrize("app", ["orders", "integrations", "sessions"])
def test_not_ready_while_a_migration_is_missing(db: None, app: str) -> None:
    migrated.forget()
    last = dict(migrated.wanted())[app]
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, last])
    response = Client().get("/health/ready")
    assert response.status_code == 503
    assert response.json() == {"status": f"Run `manage.py migrate`: {app}.{last} is missing."}
    with connections["default"].cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, '2026-01-01')", [app, last])
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, 'of_a_later_version', '2026-01-01')", [app]
        )
    assert Client().get("/health/ready").status_code == 200


@pytest.mark.parametrize(
    ("dropped", "told"),
    [
        ("ALTER TABLE orders_orderline RENAME TO gone", "orders_orderline"),
        ("ALTER TABLE django_session RENAME TO gone", "django_session"),
        ("ALTER TABLE orders_order RENAME COLUMN note TO remark", "orders_order.note"),
        ("ALTER TABLE orders_round RENAME TO gone", "orders_round"),
    ],
)
def test_not_ready_while_a_table_or_column_is_missing_though_its_migration_is_there(
    db: None, dropped: str, told: str
) -> None:
    migrated.forget()
    with connections["default"].cursor() as cursor:
        cursor.execute(dropped)
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["status"].startswith(f"The database lacks {told}, ")) == (503, True)


def test_a_column_of_a_later_version_is_no_reason(db: None) -> None:
    migrated.forget()
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE orders_order ADD COLUMN of_a_later_version integer")
    assert Client().get("/health/ready").status_code == 200


def test_a_database_in_which_nothing_is_says_what_to_do(db: None) -> None:
    migrated.forget()
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO gone")
    response = Client().get("/health/ready")
    assert (response.status_code, "Run `manage.py migrate`: " in response.json()["status"]) == (503, True)


def test_a_database_that_was_away_is_looked_at_anew(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/health/ready").status_code == 200
    with monkeypatch.context() as broken:
        broken.setattr(type(connections["default"]), "cursor", _refuse)
        assert Client().get("/health/ready").status_code == 503
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE orders_step RENAME TO gone")
    assert Client().get("/health/ready").status_code == 503


def _too_slow(*args: Any) -> None:
    raise OperationalError from NoAnswer


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_too_busy_for_the_look_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    migrated.forget()
    assert Client().get("/health/ready").status_code == 200
    look = Mock(side_effect=_too_slow)
    monkeypatch.setattr(migrated, "LOOK_AGAIN", 0)
    with monkeypatch.context() as slow:
        slow.setattr(migrated.schema, "missing", look)
        assert Client().get("/health/ready").status_code == 200
        migrated.forget()  # Of this one nobody knows yet whether all is there.
        assert Client().get("/health/ready").status_code == 503
    assert look.call_count == 2


@pytest.fixture
def waiting_in_here() -> Iterator[None]:
    """As in a web process."""
    patience.install()
    yield
    set_wait_callback(None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_postgresql", "waiting_in_here")
def test_what_holds_up_the_look_alone_does_not_hold_up_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is given up closes its connection: the rest of the answer needs another one."""
    migrated.forget()
    assert Client().get("/health/ready").status_code == 200
    monkeypatch.setattr(migrated, "LOOK_AGAIN", 0)
    other = connections["default"].copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        answer = Client().get("/health/ready")
        assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    finally:
        other.close()


def test_a_slow_answer_is_no_reason_to_look_anew(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    migrated.forget()  # What another test has seen may be ten seconds old in the midst of this one.
    assert Client().get("/health/ready").status_code == 200
    with monkeypatch.context() as slow:
        slow.setattr(health, "can_write", _too_slow)
        assert Client().get("/health/ready").status_code == 503
    with django_assert_num_queries(2):
        assert Client().get("/health/ready").status_code == 200


def _refuse(*args: Any) -> None:
    raise OperationalError("it was stopped")


def test_that_the_broker_is_away_is_told_and_no_reason_to_take_no_orders(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(order_ids: list[int]) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(background, "publish_orders", refuse)
        background._publisher._publish([1])
    response = Client().get("/health/ready")
    assert response.status_code == 200
    assert "ConnectionRefusedError" in response.json()["broker"]
    monkeypatch.setattr(background, "publish_orders", lambda order_ids: None)
    background._publisher._publish([1])
    assert Client().get("/health/ready").json()["broker"] == "ok"


def test_not_ready_while_the_database_is_down(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise OperationalError("password of desk is wrong")

    with monkeypatch.context() as broken:
        broken.setattr(type(connections["default"]), "cursor", refuse)
        response = Client().get("/health/ready")
    assert response.status_code == 503
    assert response.json() == {"status": "The database does not answer (OperationalError)."}


def test_a_sweeper_that_does_not_come_is_a_line_a_minute_however_often_a_monitor_asks(
    db: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [time.monotonic() + 1000]
    monkeypatch.setattr(health.time, "monotonic", lambda: now[0])
    for _ in range(3):
        health._tell("nobody has done it")
    now[0] += health.QUIET
    health._tell("nobody has done it")
    health._tell("")
    assert len({id(record) for record in caplog.records if "nobody has done it" in record.getMessage()}) == 2


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_health_can_only_be_read(path: str) -> None:
    for method in ("POST", "DELETE", "TRACE"):
        response = Client().generic(method, path)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert Client().options(path).status_code == 204
