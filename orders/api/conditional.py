"""Conditional requests (RFC 9110, 13): the body is not sent again while nothing has changed."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from rest_framework.request import Request

from orders.api.problems import PreconditionFailed


def unchanged(request: Request | HttpRequest, tag: str) -> HttpResponseBase | None:
    """304 where the caller has what `tag` names, else None. Raises PreconditionFailed where it expects another.

    Nothing here has a Last-Modified, so that If-Unmodified-Since says nothing (RFC 9110, 13.1.4); Django lets it fail.
    Expecting what can't be read (a tag without its quotation marks) is expecting another: Django takes it for nothing.
    """
    request.META.pop("HTTP_IF_UNMODIFIED_SINCE", None)
    expected = request.META.get("HTTP_IF_MATCH", "").strip()
    if expected and not parse_etags(expected):
        raise PreconditionFailed
    response: HttpResponseBase | None = get_conditional_response(request, etag=tag)
    if response is not None and response.status_code == PreconditionFailed.status_code:
        raise PreconditionFailed
    return response
