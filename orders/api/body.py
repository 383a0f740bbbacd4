"""JSON bodies as REST framework hands them over, and answers that are always JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import UnreadablePostError
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from orders.body import MAX_BODY, read_object
from orders.errors import BodyTooLarge, WrongType

CHUNKED = "chunked"


class BoundedJSONParser(BaseParser):
    """Reads a JSON object of at most MAX_BODY bytes: 413 above that, 415 if it is compressed, 400 if it is none.

    Not a subclass of DRF's JSONParser: for that one DRF reads the whole body first, whatever its size.
    """

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        if stream.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
            raise WrongType("The body is compressed or encoded (Content-Encoding). Please send JSON as it is.")
        if stream.META.get("HTTP_TRANSFER_ENCODING", CHUNKED).strip().lower() != CHUNKED:
            raise ParseError("The desk knows no other Transfer-Encoding than chunked.")  # gzip is not taken off by it.
        length = int(stream.META["CONTENT_LENGTH"])  # DRF comes here only if there is one.
        if length > MAX_BODY:
            raise BodyTooLarge  # Refused before a byte of it is read.
        body = _read(stream)
        if len(body) != length:
            raise ParseError(f"The body has {len(body)} bytes, and its Content-Length says {length}.")
        return read_object(body)


def _read(stream: Any) -> bytes:
    try:
        body: bytes = stream.read(MAX_BODY)
    except UnreadablePostError as error:  # A phone without a net: no fault of the desk, and nobody reads the answer.
        raise ParseError("The connection ended before the body did.") from error
    return body


class AlwaysJSON(DefaultContentNegotiation):
    """Answers are JSON whatever the Accept header asks for: a customer's order is not refused because of a header."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """REST framework reads `*/*` as a type that fits all. It is none: a body is of one type."""
        if "*" in request.content_type.partition(";")[0]:
            return None
        found: BaseParser | None = super().select_parser(request, parsers)
        return found

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type
