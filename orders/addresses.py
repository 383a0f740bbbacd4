"""Where customers reach the desk: the addresses in answers, on paper and in mails.

SHOP_PUBLIC_URL says it. Without it a request's own address does: its host, which is one of SHOP_ALLOWED_HOSTS, and the
scheme it came by, which a proxy tells if there is one (SHOP_BEHIND_PROXY); never its query.
"""

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix


def public(path: str, request: HttpRequest | None = None) -> str:
    """The address of `path`, which begins with `/`. The path alone where neither setting nor request tells more.

    Raises DisallowedHost where it is asked for and the request's host is none of the desk's.
    """
    if settings.PUBLIC_URL or request is None:
        return f"{settings.PUBLIC_URL}{path}"
    return f"{request.scheme}://{request.get_host()}{get_script_prefix().removesuffix('/')}{path}"


def order(number: str, request: HttpRequest | None = None) -> str:
    """Where the API tells how far the order is."""
    return public(f"/order/{number}", request)


def tracking(number: str, request: HttpRequest | None = None) -> str:
    """The page that tells a customer how far the order is."""
    return public(f"/track/{number}", request)
