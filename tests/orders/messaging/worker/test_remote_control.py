"""What comes for remote control: commands are carried out, anything else is told in one line."""

import json
from types import SimpleNamespace
from typing import Any

import kombu
import pytest
from celery.worker import control
from kombu.pidbox import Mailbox as KombuMailbox

from orders.messaging.worker import remote_control
from orders.messaging.worker.remote_control import Mailbox
from tests import hostile

REPLY = {"exchange": "reply.celery.pidbox", "routing_key": "some-uuid"}


class Recorder(Mailbox):
    """Carries out nothing."""

    def __init__(self) -> None:
        mailbox = KombuMailbox("celery", type="fanout")
        self.node = SimpleNamespace(handlers=control.Panel.data, mailbox=mailbox)
        self.done: list[Any] = []

    def on_message(self, body: Any, message: Any) -> None:
        self.done.append((body, message.headers))


def message(body: bytes, headers: Any = None, content_type: str | None = "application/json") -> Any:
    return kombu.Message(
        body, headers=headers or {}, content_type=content_type, content_encoding="utf-8", accept={"application/json"}
    )


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    monkeypatch.setattr(remote_control.log, "propagate", True)
    return Recorder()


@pytest.mark.parametrize(
    "command",
    [
        {"method": "ping", "arguments": {}, "destination": None, "pattern": None, "matcher": None},
        {"method": "ping", "reply_to": REPLY, "ticket": "some-uuid", "destination": ["celery@here"]},
        {"method": "revoke", "arguments": {"task_id": ["a", "b"], "terminate": False}},
        {"method": "ping", "pattern": "celery@*", "matcher": "glob"},
        {"method": "time_limit", "arguments": {"task_name": hostile.SAP, "soft": 5.0, "hard": None}},
    ],
)
def test_celerys_own_commands_are_carried_out(mailbox: Recorder, command: Any) -> None:
    mailbox.receive(message(json.dumps(command).encode(), {"clock": 2**63 - 1, "expires": 0}))
    assert mailbox.done == [(command, {"expires": 0})]


@pytest.mark.parametrize("name", [name for name in hostile.CONTROL if "clock" not in name and "tables" not in name])
def test_anything_else_is_one_line_of_the_log(mailbox: Recorder, caplog: pytest.LogCaptureFixture, name: str) -> None:
    one = hostile.CONTROL[name]
    mailbox.receive(message(one.body, content_type=one.content_type.decode()))
    assert mailbox.done == []
    (record,) = caplog.records
    assert record.getMessage().startswith("remote control: a message was dropped: ")
    assert record.getMessage().isprintable()
    assert len(record.getMessage()) < 300
