"""A line of the log names its request; what is the caller's deed is one line and no traceback."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from celery.app import trace as celery_trace
from celery.worker import strategy as celery_strategy
from django.contrib.auth.models import User
from django.test import Client

from orders import request_id
from shop.logs import logs
from shop.wsgi import application


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the desk's handler writes."""
    configuration = logs("INFO")
    stream = io.StringIO()
    configuration["handlers"]["stderr"]["stream"] = stream
    before = {name: logging.getLogger(name).handlers[:] for name in configuration["loggers"]}
    logging.config.dictConfig(configuration)
    request_id.end()  # The one of the request before: a thread of the web's keeps it until the next.
    yield stream
    for name, handlers in before.items():
        logging.getLogger(name).handlers = handlers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:1", "a b", "x" * 5000, "[::", "", "evil\\n.example"])
@pytest.mark.parametrize("path", ["/", "/order", "/order/x", "/admin/", "/nowhere", "/problems/", "/docs/api.md"])
def test_a_forged_host_is_a_400_and_one_line(db: None, written: io.StringIO, host: str, path: str) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("boss"))
    for method in ("get", "post", "head"):
        response = getattr(client, method)(path, headers={"Host": host})
        assert response.status_code == 400, host
        assert response["Content-Type"] == "application/problem+json"
        lines = written.getvalue().splitlines()
        assert len(lines) == 1, lines
        assert len(lines[0]) < 500
        assert "Invalid HTTP_HOST header" in lines[0]
        assert lines[0].endswith(f" [{response['Request-Id']}]")
        written.seek(0)
        written.truncate()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x85", "\u2028", "\x1b[2J", "\0"])
def test_what_somebody_outside_calls_itself_begins_no_line_of_the_log(written: io.StringIO, end: str) -> None:
    """A printer's keyword, say."""
    logging.getLogger("printing.x").info("printer %s: %s", "Hall", f"It reports: x{end}2026-11-23 ERROR orders: forged")
    [line] = written.getvalue().splitlines()
    assert line.endswith("2026-11-23 ERROR orders: forged")
    assert line.isprintable()


def test_what_the_desk_itself_says_may_have_lines(written: io.StringIO) -> None:
    logging.getLogger("orders.x").error("a fault in the desk itself: %s\n%s", "KeyError", "  File x, line 1\n    y")
    assert written.getvalue().splitlines()[1:] == ["  File x, line 1", "    y"]


def test_health_answers_under_any_name_and_says_nothing(db: None, written: io.StringIO) -> None:
    assert Client().get("/health", headers={"Host": "evil.example"}).status_code == 200
    assert written.getvalue() == ""


def test_a_fault_has_its_traceback_and_every_line_of_a_request_its_id(
    db: None, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*args: Any) -> None:
        logging.getLogger("orders.here").warning("going to break")
        raise RuntimeError("broken")

    monkeypatch.setattr("orders.api.views.read_typed", break_down)
    response = Client(raise_request_exception=False).get("/order/x", headers={"Request-Id": "front-17"})
    assert response.json()["request_id"] == response["Request-Id"] == "front-17"
    assert "orders.here: going to break [front-17]\n" in written.getvalue()
    assert "django.request: Internal Server Error: /order/x [front-17]\nTraceback" in written.getvalue()


def test_as_json_a_fault_of_a_request_is_one_line_with_its_id(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = logs("INFO", "json")
    stream = io.StringIO()
    configuration["handlers"]["stderr"]["stream"] = stream
    before = {name: logging.getLogger(name).handlers[:] for name in configuration["loggers"]}
    logging.config.dictConfig(configuration)

    def break_down(*args: Any) -> None:
        raise RuntimeError("broken\nin two")

    monkeypatch.setattr("orders.api.views.read_typed", break_down)
    Client(raise_request_exception=False).get("/order/x", headers={"Request-Id": "front-17"})
    for name, handlers in before.items():
        logging.getLogger(name).handlers = handlers
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {one["request_id"] for one in found} == {"front-17"}
    assert any("RuntimeError: broken\nin two" in one.get("exception", "") for one in found)


@pytest.mark.parametrize(("level", "quiet"), [("INFO", "WARNING"), ("ERROR", "WARNING"), ("DEBUG", "INFO")])
def test_celerys_two_lines_a_task_come_when_everything_is_asked_for(level: str, quiet: str) -> None:
    """Their loggers' names are Celery's own."""
    assert celery_trace.logger.name == "celery.app.trace"
    assert celery_strategy.logger.name == "celery.worker.strategy"
    loggers = logs(level)["loggers"]
    assert loggers["celery.app.trace"]["level"] == loggers["celery.worker.strategy"]["level"] == quiet


class Gone(io.BytesIO):
    """What is left of a connection when its client has no net any more."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise ConnectionResetError("Connection reset by peer")

    readline = read


def test_a_client_that_is_gone_before_its_order_is_whole_is_no_fault(db: None, written: io.StringIO) -> None:
    statuses: list[str] = []
    environ = Client()._base_environ(  # type: ignore[attr-defined]
        PATH_INFO="/order", REQUEST_METHOD="POST", CONTENT_TYPE="application/json", SERVER_NAME="localhost"
    )
    environ |= {"CONTENT_LENGTH": "70", "HTTP_HOST": "localhost", "wsgi.input": Gone()}
    list(application(environ, lambda status, headers, *rest: statuses.append(status)))
    assert statuses == ["400 Bad Request"]
    assert written.getvalue() == ""
