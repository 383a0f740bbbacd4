"""What gunicorn refuses before Django sees it, told as the API tells it: a request that is none, or has no end.

gunicorn's own answer is a page of HTML that quotes what the client sent.
"""

import json
import logging
import re
import socket
import uuid
from contextlib import suppress
from http import HTTPStatus

from orders.problem import MEDIA_TYPE, shape
from orders.request_id import HEADER

LONGEST = 8190  # bytes, as gunicorn.conf.py has it: what is longer nobody has read, so nobody knows whose page it is
WORDS = {
    HTTPStatus.REQUEST_URI_TOO_LONG: f"The request's address is too long: {LONGEST:,} bytes are read at most.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "The request's headers are too many, or too long.",
    HTTPStatus.EXPECTATION_FAILED: "The desk knows no other Expect than 100-continue.",
    HTTPStatus.NOT_IMPLEMENTED: "The desk knows no other Transfer-Encoding than chunked.",
}
PATIENCE = 1.0  # seconds for a client that does not read
# gunicorn's line about such a request: its beginning, and from the first quotation mark on what the client sent.
_REFUSED = re.compile(r"(Invalid request from ip=[^'\"]*?)(b?['\"].*)", re.DOTALL)
# What may be quoted nevertheless: it says which header is wrong, and nothing of what stands in it.
_SAFE = re.compile(r"'(AUTHORIZATION|CONNECTION|CONTENT-LENGTH|CONTENT-TYPE|EXPECT|HOST|TRANSFER-ENCODING)'")


def _which(message: str) -> str:
    """Of what gunicorn says: the header's name, and none of its value."""
    words, found = "The web server can't read the request", _SAFE.search(message)
    return f"{words}: the header {found[1].title()} does not fit, or is there twice." if found else f"{words}."


class Unquoted(logging.Filter):
    """A filter for gunicorn's logger: what it refuses it quotes, and that may be a key or a customer's name."""

    def filter(self, record: logging.LogRecord) -> bool:
        found = _REFUSED.fullmatch(str(record.msg))
        if found and not _SAFE.fullmatch(found[2]):
            record.msg = f"{found[1]}…"
        return True


def write_error(client: socket.socket, status: int, reason: str, message: str) -> None:
    """Takes the place of `gunicorn.util.write_error`. Whatever is wrong with the request is a 400, as nginx has it."""
    told = HTTPStatus.INTERNAL_SERVER_ERROR if status == HTTPStatus.INTERNAL_SERVER_ERROR else HTTPStatus.BAD_REQUEST
    detail = WORDS.get(HTTPStatus(status)) or _which(message)
    request_id = uuid.uuid4().hex
    body = json.dumps(shape(told) | {"detail": detail, "request_id": request_id}).encode()
    head = [
        f"HTTP/1.1 {told.value} {told.phrase}",
        "Connection: close",
        f"Content-Type: {MEDIA_TYPE}",
        "Cache-Control: no-store",
        f"{HEADER}: {request_id}",
        f"Content-Length: {len(body)}",
    ]
    with suppress(OSError):  # It may have gone.
        client.settimeout(PATIENCE)
        client.sendall("".join(f"{line}\r\n" for line in [*head, ""]).encode() + body)
