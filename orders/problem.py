"""Problem details (RFC 9457): how an error about an order is told to other programs, whichever way they came."""

from collections.abc import Iterator
from typing import Any

from orders.errors import NotAccepted, OrderError
from orders.problem_types import type_of

MEDIA_TYPE = "application/problem+json"


def shape(status: int, name: str = "") -> dict[str, Any]:
    """What every problem has; `name` is one of orders.problem_types."""
    kind = type_of(status, name)
    return {"type": kind.uri, "title": kind.title, "status": int(status)}


def details(error: OrderError) -> dict[str, Any]:
    """`title`, `status`, `detail`, and `errors` with one message per field and position where there are such."""
    body = shape(error.status, error.type) | {"detail": str(error)}
    if isinstance(error, NotAccepted):
        body["errors"] = list(errors(error.found))
    return body


def errors(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """Each message with a JSON pointer to what it is about, as in RFC 9457, section 3."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from errors(inner, f"{pointer}/{name}")
    else:
        yield from ({"pointer": pointer, "detail": str(message)} for message in detail)
