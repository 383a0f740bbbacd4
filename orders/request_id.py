"""The request a line of the log, or a problem, belongs to: the same id in the answer's header `Request-Id`.

A client that numbers its requests may send its own; it is shown and logged, and nothing is decided by it. The order
that the request places keeps it, so that the lines of its steps have it too, in whatever process and however late.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

HEADER = "Request-Id"
_FIT = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
# Version, trace, parent, flags; a later version may have more behind them. https://www.w3.org/TR/trace-context/
_TRACE = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_FIRST_VERSION = "00"

_current: ContextVar[str] = ContextVar("request_id", default="")
_trace: ContextVar[str] = ContextVar("traceparent", default="")


def begin(given: str = "", traceparent: str = "") -> str:
    """The id of the request that this thread begins: the caller's own if it is fit for a log, else a new one."""
    request_id = given if _FIT.fullmatch(given) else uuid.uuid4().hex
    _current.set(request_id)
    _trace.set(read_trace(traceparent) if traceparent else "")
    return request_id


def end() -> None:
    """The thread works on no request any more."""
    _current.set("")
    _trace.set("")


def current() -> str:
    """Empty where no request is worked on."""
    return _current.get()


def trace() -> str:
    """The W3C traceparent of the request, if it came with a valid one."""
    return _trace.get()


def keep_trace(traceparent: str) -> None:
    """What `trace` says from now on, for a request that came without: the desk's own, where traces are on."""
    _trace.set(traceparent)


@contextmanager
def of(request_id: str) -> Iterator[None]:
    """What is logged inside belongs to a request of before."""
    before = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(before)


def read_trace(given: Any) -> str:
    """A traceparent's 55 characters; "" for one that is not valid, which is then as none."""
    found = _TRACE.match(given) if isinstance(given, str) else None
    if not found or (len(given) > found.end() and (found[0].startswith(_FIRST_VERSION) or given[found.end()] != "-")):
        return ""
    return found[0]
