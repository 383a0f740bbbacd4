"""Problem details (RFC 9457): how an error about an order is told to other programs, whichever way they came."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from orders.errors import NotAccepted, OrderError
from orders.fault import Fault
from orders.fields import ADDRESS, FIELDS, SHIPPING
from orders.naming import LINE_FIELDS, SPELLINGS
from orders.problem_types import type_of
from orders.request import MAX_MESSAGES

MEDIA_TYPE = "application/problem+json"
_KNOWN = frozenset([*FIELDS, *SPELLINGS, *SHIPPING, *ADDRESS, *LINE_FIELDS])


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


def kept(error: OrderError) -> dict[str, Any]:
    """The details as they are kept: no word of the sender's, who may have written a customer's name anywhere.

    Of each message its code and a pointer stay, of names that the desk knows alone. `field` says the how-manieth of
    that object an unknown one is, and `near` which may have been meant.
    """
    body = shape(error.status, error.type) | error.told | {"detail": error.kept}
    if isinstance(error, NotAccepted):
        body["errors"] = list(islice(_kept_errors(error.found), MAX_MESSAGES))
    return body


def _kept_errors(found: Any, pointer: str = "#") -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        for name, inner in found.items():
            known = isinstance(name, int) or name in _KNOWN
            yield from _kept_errors(inner, f"{pointer}/{name}" if known else pointer)
    else:
        for fault in found:
            told = {"code": fault.code, "field": fault.field, "near": fault.near} if isinstance(fault, Fault) else {}
            yield {"pointer": pointer} | {name: value for name, value in told.items() if value}


def in_a_line(problem: dict[str, Any]) -> str:
    """What `kept` has made, for the log and the lists of staff."""
    told = "".join(f" {_in_words(one)}." for one in problem.get("errors", ()))
    return f"The order was refused ({problem['status']} {problem['title']}): {problem['detail']}{told}"


def _in_words(error: dict[str, Any]) -> str:
    field = f", field {error['field']}" if "field" in error else ""
    near = f" (near: {error['near']})" if "near" in error else ""
    return f"{error['pointer']}{field}: {error.get('code', 'not accepted').replace('_', ' ')}{near}"


def token(name: str) -> str:
    """A name as it stands in a JSON pointer that is a URI's fragment: RFC 6901, sections 3 and 6."""
    return quote(name.replace("~", "~0").replace("/", "~1"), safe="!$&'()*+,;=:@?~", errors="replace")
