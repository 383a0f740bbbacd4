"""What is kept of a dead message: a bounded copy that any database can store and any process can be handed."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orders.messaging.admission import refusal
from orders.messaging.queues import DEAD_LETTERS

MOST_BODY = 1_048_576  # bytes
MOST_HEADERS = 65_536  # bytes as JSON
MOST_DEPTH = 20  # tables and lists inside each other
PROPERTIES = ("message_id", "correlation_id", "reply_to", "type", "user_id", "app_id")  # that are kept; all are text
MANY, LARGE = 50, 1000  # so many headers, each with so many bytes at most, are kept of those that are too many


@dataclass
class Letter:
    """`death` is the newest entry of the broker's header `x-death`, {} if there is none.

    `why` says what a worker finds odd about it, if one rejected it. `not_kept` names what is not as it came.
    `body_size` is the whole body's, in bytes. `queue` is where a worker took it that keeps it itself, with the
    `problem` it found; "" for one that came out of the dead letters' queue.
    """

    headers: dict[str, Any] = field(default_factory=dict)
    exchange: str = ""
    routing_key: str = ""
    content_type: str = ""
    content_encoding: str = ""
    body: bytes = b""
    body_size: int = 0
    not_kept: list[str] = field(default_factory=list)
    death: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    queue: str = ""
    problem: dict[str, Any] = field(default_factory=dict)


def read(message: Any) -> Letter:
    """Copies a kombu Message. Never raises, whatever is in it."""
    letter = Letter()
    for part, copy in (("body", _body), ("headers", _headers), ("properties", _properties)):
        try:
            copy(message, letter)
        except Exception as error:  # Also RecursionError. The rest of it is kept.
            letter.not_kept.append(f"its {part} ({type(error).__name__})")
    return letter


def text(value: Any, most: int) -> str:
    """As text that every database can store: no NUL, no lone surrogate, at most so many characters; None is ""."""
    if value is None:
        return ""
    if isinstance(value, bytes | bytearray | memoryview):
        value = bytes(value[:most]).decode("utf-8", "backslashreplace")
    found = value if isinstance(value, str) else str(value)
    return found[:most].encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")[:most]


def _body(message: Any, letter: Letter) -> None:
    body = message.body
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    view = memoryview(b"" if body is None else body).cast("B")  # Cut before it is copied.
    letter.body_size = len(view)
    letter.body = bytes(view[:MOST_BODY])
    if letter.body_size > MOST_BODY:
        letter.not_kept.append(f"its body of {letter.body_size} bytes (cut at {MOST_BODY})")


def _properties(message: Any, letter: Letter) -> None:
    came = message.properties or {}
    given = {name: came[name] for name in PROPERTIES if came.get(name) is not None}
    letter.properties = {name: text(value, 255) for name, value in given.items()}
    if came.get("unreadable") or came.get("not_utf_8") or letter.properties != given:
        letter.not_kept.append("its properties")
    info = message.delivery_info or {}
    letter.exchange, letter.routing_key = (text(info.get(name), 255) for name in ("exchange", "routing_key"))
    for name, most in (("content_type", 255), ("content_encoding", 64)):
        value = getattr(message, name)
        setattr(letter, name, text(value, most))
        if (value or "") != getattr(letter, name):
            letter.not_kept.append(f"its {name.replace('_', ' ')}")


def _headers(message: Any, letter: Letter) -> None:
    if not isinstance(message.headers or {}, Mapping):
        letter.not_kept.append(f"its headers (a {type(message.headers).__name__})")
        return
    came = dict(message.headers or {})
    letter.death = _death(came.get("x-death"), (message.delivery_info or {}).get("exchange"))
    if letter.death:
        del came["x-death"]
    if letter.death.get("reason") == "rejected":  # Asked now: "too old" and the like are true at the moment.
        kind, encoding = message.content_type, message.content_encoding
        letter.why = refusal(came, message.properties or {}, kind, encoding, message.body)
    kept = {text(name, 255): plain(value) for name, value in came.items()}
    if size(kept) > MOST_HEADERS:
        small = [(name, value) for name, value in kept.items() if size(value) <= LARGE]
        kept = dict(small[:MANY])
    letter.headers = kept
    if kept != came:
        letter.not_kept.append("its headers")


def _death(deaths: Any, exchange: Any) -> dict[str, Any]:
    """The broker's newest entry: https://www.rabbitmq.com/docs/dlx#effects. Clients may send what they like.

    What died comes by the exchange of the dead letters. With another one no queue took it, whatever its sender says.
    """
    if exchange != DEAD_LETTERS:
        return {}
    newest = deaths[0] if isinstance(deaths, list) and deaths else None
    if not isinstance(newest, Mapping) or not isinstance(newest.get("reason"), str):
        return {}
    return {"reason": text(newest["reason"], 64), "queue": text(newest.get("queue"), 255)}


def size(value: Any) -> int:
    """Bytes of what `plain` has made, as JSON."""
    return len(json.dumps(value))


def plain(value: Any, depth: int = MOST_DEPTH) -> Any:
    """As JSON that PostgreSQL can store: NaN, bytes, dates and the like become text."""
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**64):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Mapping | list | tuple):
        if depth == 0:
            return "…"
        if isinstance(value, Mapping):
            return {text(name, 255): plain(inner, depth - 1) for name, inner in value.items()}
        return [plain(inner, depth - 1) for inner in value]
    if isinstance(value, int):
        return "a number of many digits"
    return text(value, MOST_HEADERS)
