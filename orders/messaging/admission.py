"""Which messages are the desk's own: a whitelist that says of any other message why it is none."""

import json
from collections.abc import Mapping
from typing import Any

from celery import current_app

from orders.messaging.admitted_headers import Odd, check_header, is_text, shown
from orders.messaging.task import DeskTask, is_id

CHORD_BODY = "orders.tasks.settle_order"  # the only task that a message may name as its chord's body

MOST_BYTES = 16_384  # of a body; the desk's own have some 500
EMBEDDED = ("callbacks", "errbacks", "chain", "chord")


def refusal(
    headers: Any, properties: Mapping[str, Any], content_type: Any, content_encoding: Any, body: str | bytes
) -> str:
    """Why a message is none of the desk's, as the end of a sentence; "" if it is one. Never raises.

    Celery's protocol 2: https://docs.celeryq.dev/en/stable/internals/protocol.html#version-2
    """
    try:
        _check(headers, properties, content_type, content_encoding, body)
    except Odd as odd:
        return str(odd)
    except Exception as error:  # Whatever is in a message, it ends no worker.
        return f"it can't be understood ({type(error).__name__})"
    return ""


def is_chord_body(body: Any) -> bool:
    """True for `settle_order` with exactly one order's id: all that a chord of the desk ever runs."""
    return (
        isinstance(body, dict)
        and body.get("task") == CHORD_BODY
        and body.get("kwargs") in ({}, None)
        and isinstance(args := body.get("args"), list)
        and len(args) == 1
        and is_id(args[0])
    )


def _check(headers: Any, properties: Mapping[str, Any], content_type: Any, encoding: Any, body: str | bytes) -> None:
    if unreadable := properties.get("unreadable"):  # Set where they were read.
        raise Odd(f"its properties can't be read ({unreadable})")
    if not isinstance(headers, Mapping) or not headers.get("task"):
        raise Odd("it names no task")
    task = _task(headers["task"])
    if "id" not in headers:
        raise Odd("it has no id")
    for name, value in headers.items():
        check_header(name, value)
    if content_type != "application/json":
        raise Odd(f"its content type is {shown(content_type)}")
    if not isinstance(encoding, str) or encoding.lower() != "utf-8":
        raise Odd(f"its content encoding is {shown(encoding)}")
    _check_body(task, body)


def _task(name: Any) -> DeskTask:
    if not is_text(name):
        raise Odd("the name of its task is no plain text")
    task = current_app.tasks.get(name)
    if task is None:
        raise Odd(f"there is no task {shown(name)}")
    if name.startswith("celery.") or not isinstance(task, DeskTask):
        raise Odd(f"task {shown(name)} is none of the desk's")
    return task


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Odd("its body has a key twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


def _check_body(task: DeskTask, body: str | bytes) -> None:
    if len(body) > MOST_BYTES:
        raise Odd(f"its body has {len(body)} bytes, more than {MOST_BYTES}")
    try:
        found = _DECODER.decode(body if isinstance(body, str) else bytes(body).decode())
    except (ValueError, RecursionError):
        raise Odd("its body is no JSON") from None
    if not isinstance(found, list) or len(found) != 3:
        raise Odd("its body is no list of arguments, named arguments and the rest")
    args, kwargs, embedded = found
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise Odd("its arguments are no list and no table")
    if wrong := task.refuses(args, kwargs):
        raise Odd(wrong)
    if embedded is not None:
        _check_embedded(embedded)


def _check_embedded(embedded: Any) -> None:
    """What runs beside the task: nothing, or the chord's body that the desk itself publishes."""
    if not isinstance(embedded, dict) or embedded.keys() - set(EMBEDDED):
        raise Odd("its third part is not what Celery sends")
    for name in ("callbacks", "errbacks", "chain"):
        if embedded.get(name):
            raise Odd(f"it asks for more tasks ({name})")
    if embedded.get("chord") is not None and not is_chord_body(embedded["chord"]):
        raise Odd("its chord has another body than the desk's")
