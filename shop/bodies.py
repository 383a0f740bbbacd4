"""Bodies as they travel, where Django and gunicorn leave something to do: without a length, unread, or not wanted."""

import io
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from django.utils.http import parse_header_parameters

MOST = 1024 * 1024 + 1  # bytes: one more than the API takes, so that it says 413 by itself.
MANY_DIGITS = 5  # of a body's length in bytes: 64 kB of an unread body gunicorn takes in by itself.
PIECE = 64 * 1024  # bytes
MOST_DRAINED = 16 * 1024 * 1024  # bytes
PATIENCE = 5.0  # seconds for what is drained

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


def with_bodies(application: Application) -> Application:
    """A chunked body gets its length, up to MOST bytes: Django would read it as empty. Its type can be read. HEAD is
    answered without a body: gunicorn would write a line about each. What is left of a refused body is taken in behind
    the answer.
    """

    def wrapped(environ: Environ, start_response: Any) -> Iterable[bytes]:
        stream = environ["wsgi.input"]
        # `wsgi.input_terminated` is the server's word that reading ends where the body does.
        if environ.get("HTTP_TRANSFER_ENCODING") and environ.get("wsgi.input_terminated"):
            body = stream.read(MOST)
            environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        if ";" in (kind := environ.get("CONTENT_TYPE") or ""):
            environ["CONTENT_TYPE"] = readable(kind)
        if len(environ.get("CONTENT_LENGTH") or "") >= MANY_DIGITS and "gunicorn.socket" in environ:
            return _drained(application, environ, start_response, stream)
        answer = application(environ, start_response)
        if environ["REQUEST_METHOD"] == "HEAD":
            _close(answer)
            return ()
        return answer

    return wrapped


def readable(content_type: str) -> str:
    """The type of a body without its charset, and without parameters that can't be read (RFC 2231).

    Django would read the address in that charset, whatever it is, and fail at either before any view is called.
    """
    try:
        kind, parameters = parse_header_parameters(content_type)
    except (ValueError, TypeError, LookupError):
        return content_type.partition(";")[0]
    if "charset" not in parameters:
        return content_type
    return f'{kind}; boundary="{parameters["boundary"]}"' if "boundary" in parameters else kind


def _drained(application: Application, environ: Environ, start_response: Any, stream: Any) -> Iterable[bytes]:
    said: list[str] = []

    def start(status: str, *rest: Any) -> Any:
        said.append(status)
        return start_response(status, *rest)

    answer = application(environ, start)
    return Drained(answer, stream, environ["gunicorn.socket"]) if said[-1] >= "400" else answer


class Drained:
    """A refusal, and behind it the rest of the request's body.

    Were the connection closed before, a client that is still sending could not read the refusal (RFC 9112, 9.6).
    """

    def __init__(self, answer: Iterable[bytes], stream: Any, client: socket.socket) -> None:
        self.answer, self.stream, self.client = answer, stream, client

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.answer)

    def close(self) -> None:
        """gunicorn calls it when the answer is sent. The client has PATIENCE seconds, then it is heard no more."""
        _close(self.answer)
        timer = threading.Timer(PATIENCE, self._hear_no_more)
        timer.daemon = True
        timer.start()
        left = MOST_DRAINED
        # Whatever is wrong with the rest: the answer is sent, and gunicorn ends a connection it can't read.
        with suppress(Exception):
            while left > 0 and (piece := self.stream.read(PIECE)):
                left -= len(piece)
        timer.cancel()

    def _hear_no_more(self) -> None:
        with suppress(OSError):
            self.client.shutdown(socket.SHUT_RD)


def _close(answer: Iterable[bytes]) -> None:
    if close := getattr(answer, "close", None):
        close()
