"""The request a line of the log, or a problem, belongs to: the same id in the answer's header `Request-Id`.

A client that numbers its requests may send its own; it is shown and logged, and nothing is decided by it.
"""

import re
import uuid
from contextvars import ContextVar

HEADER = "Request-Id"
_FIT = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)

_current: ContextVar[str] = ContextVar("request_id", default="")


def begin(given: str = "") -> str:
    """The id of the request that this thread begins: the caller's own if it is fit for a log, else a new one."""
    request_id = given if _FIT.fullmatch(given) else uuid.uuid4().hex
    _current.set(request_id)
    return request_id


def current() -> str:
    """Empty where no request is worked on."""
    return _current.get()
