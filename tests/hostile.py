"""Messages that are none of the desk's, made by hand byte for byte: what a broken or hostile program may send.

https://www.rabbitmq.com/amqp-0-9-1-reference and https://www.rabbitmq.com/amqp-0-9-1-errata#section_3 (field types).
"""

import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import pack
from typing import Any

import amqp
import kombu
from amqp.serialization import dumps

HOUSEKEEPING = "desk"
SAP = "integrations.sap.tasks.notify_sap"
SWEEP = "orders.tasks.sweep_steps"
SETTLE = "orders.tasks.settle_order"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
BODY = b"[[1], {}, {}]"
JSON = b"application/json"


class Raw(amqp.Message):
    """A message with its properties as bytes."""

    raw: bytes

    def _serialize_properties(self) -> bytes:
        return self.raw


@dataclass(frozen=True)
class Hostile:
    """`headers` is a table as bytes, its length first; `kept` is false for what no dead letter may become."""

    body: bytes
    headers: bytes
    exchange: str = "sap"
    key: bytes = b"sap"
    content_type: bytes = JSON
    encoding: bytes = b"utf-8"
    kept: bool = True

    @property
    def properties(self) -> bytes:
        flags = pack(">H", 0xF000)  # content type, content encoding, headers, delivery mode
        return flags + _short(self.content_type) + _short(self.encoding) + self.headers + b"\x02"

    def send(self, url: str) -> None:
        """Publishes it and waits for the broker's confirmation."""
        message = Raw(self.body)
        message.raw = self.properties
        with kombu.Connection(url, transport_options={"confirm_publish": True}) as broker:
            broker.default_channel.basic_publish(message, exchange=self.exchange, routing_key=self.key)


def _short(text: bytes) -> bytes:
    return pack("B", len(text)) + text


def _table(fields: bytes) -> bytes:
    return pack(">I", len(fields)) + fields


def _headers(**headers: Any) -> bytes:
    given = {"task": SAP, "id": "hostile", **headers}
    return bytes(dumps("F", [{name: value for name, value in given.items() if value is not ...}]))


def with_field(field: bytes) -> bytes:
    """The headers of a task of ours, and one more field as bytes."""
    return _table(_headers()[4:] + _short(b"odd") + field)


def _deep(levels: int) -> bytes:
    field = b"V"
    for _ in range(levels):
        field = b"F" + _table(_short(b"a") + field)
    return field


def headed(body: Any = BODY, **headers: Any) -> Hostile:
    """One with such headers and such a body; `...` leaves a header out."""
    return Hostile(body if isinstance(body, bytes) else json.dumps(body).encode(), _headers(**headers))


def _control(body: Any, **others: Any) -> Hostile:
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Hostile(body, **{"headers": _headers(), "exchange": "celery.pidbox", "kept": False, **others})


HEADERS = {
    # The broker itself trips over these when it is to make them dead letters.
    "deaths that are numbers": headed(**{"x-death": [7]}),
    "a death for no reason": headed(**{"x-death": [{"reason": []}]}),
    "deaths that are a table": headed(**{"x-death": {"queue": "sap"}}),
    "a death that counts in words": headed(**{"x-death": [{"reason": "rejected", "queue": "sap", "count": "many"}]}),
    "a forged death": headed(**{"x-death": [{"reason": "expired", "queue": "desk"}]}),
    "no id": headed(id=...),
    "no task": headed(task=...),
    "an id that is a list": headed(id=["x"]),
    "an id that is a table": headed(id={"a": 1}),
    "an id that is nothing": headed(id=None),
    "an id that forges a line of the log": headed(id="x]\nforged line of the log"),
    "a task that is a list": headed(task=["x"]),
    "a task that is a table": headed(task={"a": 1}),
    "a task with a line break": headed(task="x\nforged line of the log"),
    "three time limits": headed(timelimit=[1, 2, 3]),
    "time limits that are text": headed(timelimit="ab"),
    "retries beyond all numbers": headed(retries=2**62),
    "an end that is a list": headed(expires=["x"]),
    "an end in the past": headed(expires="2001-01-01T00:00:00Z"),
    "a date that is none": headed(eta="soon"),
    "an attribute of the request": headed(called_directly=True),
}  # fmt: skip
BODIES = {
    "a body of one list": headed([[1]]),
    "a body that is a table": headed({"a": 1}),
    "a table with the arguments' names": headed({"args": [1], "kwargs": {}}),
    "a body without end": headed(b"[" * 100_000),
    "no body": headed(b""),
    "no JSON": headed(b"\xff\xfe"),
    "a number of 5,000 digits": headed(b"[[" + b"9" * 5_000 + b"], {}, {}]"),
    "arguments that are a number": headed([7, {}, {}]),
    "an embedded list": headed([[1], {}, []]),
    "protocol 1": headed({"task": SAP, "id": "x", "args": [1]}, task=...),
    "pickle": Hostile(b"cos\nsystem\n(S'true'\ntR.", _headers(), content_type=b"application/x-python-serialize"),
}
FORGED = {
    "an order beyond all rows": headed([[2**63], {}, {}]),
    "an order before all rows": headed([[-1], {}, {}]),
    "celery.chain": headed([[], {}, {}], task="celery.chain"),
    "celery.map": headed([[{"task": SAP}, [1]], {}, {}], task="celery.map"),
    "celery.chord_unlock": headed([["x", {"task": SAP}], {}, {}], task="celery.chord_unlock"),
    "a chord with another body": headed([[1], {}, {"chord": {"task": SAP, "args": [1], "kwargs": {}}}]),
    "a chord with two ids": headed([[1], {}, {"chord": {"task": SETTLE, "args": [1, 2], "kwargs": {}}}]),
    "a callback": headed([[1], {}, {"callbacks": [{"task": SAP, "args": [1], "kwargs": {}}]}]),
}
COMPRESSED = {
    "plain, said to be zlib": headed(compression="zlib"),
    "a bomb": headed(zlib.compress(b"0" * 10_000_000), compression="application/x-gzip"),
    "an unknown compression": headed(compression="rot13"),
    "a compression that is a list": headed(compression=["zlib"]),
}
WIRE = {
    "tables in tables": Hostile(BODY, with_field(_deep(1200))),
    "the year 584 billion": Hostile(BODY, with_field(b"T" + pack(">Q", 2**63 - 1))),
    "a header's name that is no UTF-8": Hostile(BODY, _table(_headers()[4:] + _short(b"\xff\xfe") + b"V")),
    "a header that is no UTF-8": Hostile(BODY, with_field(b"S" + _table(b"\xff\xfe"))),
    "a content type that is no UTF-8": Hostile(BODY, _headers(), content_type=b"\xff"),
    "an encoding that is no UTF-8": Hostile(BODY, _headers(), encoding=b"\xff"),
    "a body in punycode": Hostile(b"a-" + b"9" * 15_000, _headers(), encoding=b"punycode"),
    "a key that is no UTF-8": Hostile(BODY, _headers(CC=["sap"], id=["x"]), key=b"\xff\xfe"),
}  # fmt: skip
LATER = {
    "tomorrow, for SAP": headed(eta=TOMORROW),
    "tomorrow, for the sweeper": Hostile(
        b"[[], {}, {}]", _headers(task=SWEEP, eta=TOMORROW), HOUSEKEEPING, HOUSEKEEPING.encode()
    ),
}
CONTROL = {
    "control: compressed": _control(b"x", headers=_headers(compression="zlib")),
    "control: no JSON": _control(b"\xff"),
    "control: no table": _control([1]),
    "control: a number": _control(1),
    "control: no method": _control({}),
    "control: an unknown method": _control({"method": "x\nforged line of the log"}),
    "control: a method that is a list": _control({"method": ["ping"]}),
    "control: arguments that are a list": _control({"method": "ping", "arguments": ["x"]}),
    "control: a forging argument": _control({"method": "ping", "arguments": {"x\nforged line of the log": 1}}),
    "control: a time limit that is text": _control(
        {"method": "time_limit", "arguments": {"task_name": SAP, "hard": "soon", "soft": "soon"}}
    ),
    "control: a destination that is a number": _control({"method": "ping", "destination": 7}),
    "control: an endless pattern": _control({"method": "ping", "pattern": "(.+)+$x", "matcher": "pcre"}),
    "control: an answer to nowhere": _control({"method": "ping", "reply_to": {"exchange": "sap", "routing_key": "a"}}),
    "control: an answer to a list": _control({"method": "ping", "reply_to": ["x"], "ticket": "x"}),
    "control: an answer to 510 bytes": _control(
        {"method": "ping", "reply_to": {"exchange": "reply.celery.pidbox", "routing_key": "é" * 255}}
    ),
    "control: a ticket that is a table": _control({"method": "ping", "ticket": {"a": 1}}),
    "control: a clock beyond all numbers": _control({"method": "ping"}, headers=_headers(clock=2**63 - 1)),
    "control: a clock that is text": _control({"method": "ping"}, headers=_headers(clock="x")),
    "control: huge": _control(b'"' + b"x" * 3_000_000 + b'"'),
    "control: without end": _control(b"[" * 50_000),
    "control: pickle": _control(b"cos\nsystem\n(S'true'\ntR.", content_type=b"application/x-python-serialize"),
    "control: a key that is no UTF-8": _control({"method": "x"}, key=b"\xff"),
    "control: tables in tables": _control({"method": "ping"}, headers=with_field(_deep(1200))),
}
ALL = HEADERS | BODIES | FORGED | COMPRESSED | WIRE | LATER | CONTROL


def send(url: str, messages: dict[str, Hostile]) -> int:
    """Sends them all; returns how many dead letters they make."""
    for message in messages.values():
        message.send(url)
    return sum(message.kept for message in messages.values())
