"""What became of an order that was sent to a desk."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Placed:
    number: str


@dataclass(frozen=True)
class Refused:
    why: str


@dataclass(frozen=True)
class Later:
    """Not now: the same again in so many `seconds`."""

    why: str
    seconds: float


Answer = Placed | Refused | Later


class NoDesk(Exception):
    """What answers there takes no orders; what it is, and what to do."""


class NoAnswer(Exception):
    """Nobody answers; the order may have been placed all the same. The same again, under the same key, does no harm."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in an answer; an empty one if there is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def problem(status: object, details: dict[str, Any]) -> str:
    """Problem details (RFC 9457) in a line: the first fault by name, or what is said as a whole."""
    said = str(details.get("detail") or details.get("title") or "")
    errors = details.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    if isinstance(first, dict):
        field, message = first.get("field") or first.get("pointer") or "", first.get("message") or first.get("detail")
        said = f"{field}: {message}" if field and message else str(message or said)
    return " ".join(f"{status} {said}".split())[:300]
