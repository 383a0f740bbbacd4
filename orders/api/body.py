"""JSON bodies of bounded size, and answers that are always JSON."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from orders.api.problems import BodyTooLarge

MAX_BODY = 1024 * 1024  # bytes


class BoundedJSONParser(BaseParser):
    """Reads a JSON object of at most MAX_BODY bytes; 413 above that, 400 for anything that is no JSON object.

    Not a subclass of DRF's JSONParser: for that one DRF reads the whole body first, whatever its size.
    """

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        length = int(stream.META["CONTENT_LENGTH"])  # DRF comes here only if there is one.
        if length > MAX_BODY:
            raise BodyTooLarge  # Refused before a byte of it is read.
        body = stream.read(MAX_BODY)
        if len(body) != length:
            raise ParseError(f"The body has {len(body)} bytes, and its Content-Length says {length}.")
        return read_object(body)


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Raises ParseError with what is wrong and where."""
    if not body.strip():
        raise ParseError("The body is empty; a JSON object is expected.")
    try:
        # JSON is UTF-8 whatever the Content-Type claims (RFC 8259, 8.1); a byte order mark is forgiven.
        data = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ParseError(f"The body is not JSON: {error.msg.lower().removesuffix(' at')} at {where}.") from error
    except UnicodeDecodeError as error:
        raise ParseError(f"The body is not UTF-8 at byte {error.start}.") from error
    except (RecursionError, ValueError) as error:
        raise ParseError("The body is not JSON we can read: nested too deeply, or a number too long.") from error
    if not isinstance(data, dict):
        raise ParseError("A JSON object is expected, in curly brackets.")
    return data


def _refuse_constant(name: str) -> None:
    raise ParseError(f"The body is not JSON: {name} is no JSON value.")


class AlwaysJSON(DefaultContentNegotiation):
    """Answers are JSON whatever the Accept header asks for: a customer's order is not refused because of a header."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type
