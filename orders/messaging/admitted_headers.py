"""The headers that a message of the desk may have."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from celery.app.task import Context

MOST_CHARACTERS = 255  # of a header; Celery's `argsrepr` may have more
MOST_REPR = 1100
MOST_RETRIES = 1000
MOST_SECONDS = 1800  # of a time limit: the settings allow none longer
TOO_OLD = "it was too old"


class Odd(Exception):
    """What is odd about a message: the end of the sentence "The worker refused it: …"."""


def shown(value: Any, most: int = 80) -> str:
    """A value as it may stand in a sentence and in the log: bounded, and on one line."""
    if isinstance(value, str | bytes):
        value = value[:most]
    elif not (value is None or isinstance(value, int | float)):
        return f"a {type(value).__name__}"
    return (ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value))[:most]


def is_text(value: Any, most: int = MOST_CHARACTERS) -> bool:
    """Printable: no line break that forges a line of the log, no lone surrogate, nothing invisible."""
    return isinstance(value, str) and len(value) <= most and value.isprintable()


def _text(value: Any) -> str:
    return "" if value is None or is_text(value) else "is no plain text"


def _repr(value: Any) -> str:
    return "" if value is None or is_text(value, MOST_REPR) else "is no plain text"


def _id(value: Any) -> str:
    return "" if value and is_text(value) else "is no plain text"


def _count(value: Any) -> str:
    return "" if value is None or (type(value) is int and 0 <= value <= MOST_RETRIES) else "is no small number"


def _flag(value: Any) -> str:
    return "" if value is None or isinstance(value, bool) else "is no truth value"


def _nothing(value: Any) -> str:
    return "" if value is None or value == [] or value == {} else "is not empty"


def _limits(value: Any) -> str:
    """Celery's pair of time limits in seconds. A process that has loaded the tasks sends their limits along."""
    if value is None:
        return ""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return "is no pair of time limits"
    fit = all(one is None or (type(one) in (int, float) and 0 < one < MOST_SECONDS) for one in value)
    return "" if fit else "has limits that the desk does not set"


def _moment(value: Any) -> datetime | None:
    """A header's moment; one without a time zone is in UTC. None if it is none."""
    try:
        moment = datetime.fromisoformat(value) if len(value) <= MOST_CHARACTERS else None
    except (TypeError, ValueError):
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _eta(value: Any) -> str:
    if value is None:
        return ""
    moment = _moment(value)
    if moment is None:
        return "is no date"
    return "" if moment <= datetime.now(UTC) else "lies in the future: the desk's rows know when a step is due"


def _expires(value: Any) -> str:
    if value is None:
        return ""
    moment = _moment(value)
    if moment is None:
        return "is no date"
    if moment < datetime.now(UTC):
        raise Odd(TOO_OLD)
    return ""


def _no_compression(value: Any) -> str:
    return "asks for decompression, which the desk does not do"


_HEADERS: dict[str, Callable[[Any], str]] = {
    "id": _id,
    "eta": _eta,
    "expires": _expires,
    "retries": _count,
    "group_index": _count,
    "replaced_task_nesting": _count,
    "timelimit": _limits,
    "argsrepr": _repr,
    "kwargsrepr": _repr,
    "ignore_result": _flag,
    "stamped_headers": _nothing,
    "stamps": _nothing,
    "compression": _no_compression,
    **dict.fromkeys(("lang", "task", "shadow", "group", "root_id", "parent_id", "origin"), _text),
}


def check_header(name: Any, value: Any) -> None:
    if name == "x-death":  # No message of the desk's has died before. See `trips_the_broker`.
        raise Odd("it says that it has died before (x-death)")
    if check := _HEADERS.get(name):
        if wrong := check(value):
            raise Odd(f"its header {shown(name)} {wrong}: {shown(value)}")
    elif not is_text(name) or hasattr(Context, name):  # It would become an attribute of Celery's request.
        raise Odd(f"its header {shown(name)} is none of a task's")
    elif not (value is None or isinstance(value, bool | int | float) or is_text(value)):
        raise Odd(f"its header {shown(name)} is no plain value")
