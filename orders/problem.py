"""Problem details (RFC 9457): how an error about an order is told to other programs, whichever way they came."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from orders.errors import NotAccepted, OrderError
from orders.fault import Fault
from orders.problem_types import type_of
from orders.request import MAX_MESSAGES

MEDIA_TYPE = "application/problem+json"


def shape(status: int, name: str = "") -> dict[str, Any]:
    """What every problem has; `name` is one of orders.problem_types."""
    kind = type_of(status, name)
    return {"type": kind.uri, "title": kind.title, "status": int(status)}


def details(error: OrderError) -> dict[str, Any]:
    """`title`, `status`, `detail`, what this kind of error has besides, and `errors`: a message per field and position,

    MAX_MESSAGES at most.
    """
    body = shape(error.status, error.type) | error.told | {"detail": str(error)}
    if isinstance(error, NotAccepted):
        body["errors"] = list(islice(errors(error.found), MAX_MESSAGES))
    return body


def errors(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """Each message with its code and a JSON pointer to what it is about, as in RFC 9457, section 3."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from errors(inner, f"{pointer}/{token(str(name))}")
    else:
        for message in detail:
            code = {"code": message.code} if isinstance(message, Fault) else {}
            yield {"pointer": pointer, **code, "detail": str(message)}


def token(name: str) -> str:
    """A name as it stands in a JSON pointer that is a URI's fragment: RFC 6901, sections 3 and 6."""
    return quote(name.replace("~", "~0").replace("/", "~1"), safe="!$&'()*+,;=:@?~", errors="replace")
