"""Bodies without a Content-Length (chunked): Django would read them as empty."""

import io
from collections.abc import Callable, Iterable
from typing import Any

MOST = 1024 * 1024 + 1  # bytes: one more than the API takes, so that it says 413 by itself.

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def with_length(application: Application) -> Application:
    """Reads a chunked body, up to MOST bytes, and passes it on with its length."""

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # `wsgi.input_terminated` is the server's word that reading ends where the body does.
        if environ.get("HTTP_TRANSFER_ENCODING") and environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read(MOST)
            environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return application(environ, start_response)

    return wrapped
