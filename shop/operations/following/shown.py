"""A message as a line for a person, or as a line of JSON for a program. Whatever is in it, neither raises."""

import base64
import json
from typing import Any

from orders.messaging.following import Taken

MOST = 200  # characters of a body in a line for a person
REPLACED = "\N{REPLACEMENT CHARACTER}"


def as_line(message: Taken) -> str:
    """Routing key and body; of a CloudEvent what it is about, and its data."""
    event = read_json(message.body)
    again = "  (again)" if message.redelivered else ""
    if isinstance(event, dict) and "specversion" in event:
        data = event.get("data")
        rest = {name: value for name, value in data.items() if name != "order_num"} if isinstance(data, dict) else data
        return printable(
            f"{event.get('type')}  {event.get('id')}  {_short(compact(rest) if rest else '')}{again}"
        ).rstrip()
    text = message.body[: MOST * 4].decode(errors="replace")
    return printable(f"{message.routing_key}  {_short(text)}{again}")


def as_json(message: Taken) -> str:
    """`body` is JSON where it is JSON, else text; what is no text stands in `body_base64`."""
    about = {"exchange": message.exchange, "routing_key": message.routing_key, "redelivered": message.redelivered}
    about |= {"properties": message.properties}
    body = read_json(message.body)
    return _safely(about, {"body": body} if body is not None else _as_text(message.body))


def _safely(about: dict[str, Any], body: dict[str, Any]) -> str:
    try:
        return compact(about | body)
    except (ValueError, TypeError, RecursionError):  # A header that is no number, and its like.
        return compact(about | body | {"properties": {"unreadable": ascii(about["properties"])}})


def read_json(body: bytes) -> Any:
    """What a body says in JSON; None if it is none, or says what JSON can't write back."""
    try:
        found = json.loads(body)
        compact(found)
    except (ValueError, RecursionError):
        return None
    return found


def compact(value: Any) -> str:
    """Raises ValueError for what JSON has no word for."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)


def _as_text(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}


def _short(text: str) -> str:
    return text if len(text) <= MOST else f"{text[:MOST]} …"


def printable(text: str) -> str:
    """On one line, and without what moves a terminal's cursor or turns its reading direction."""
    return "".join(char if char.isprintable() else REPLACED for char in text)
