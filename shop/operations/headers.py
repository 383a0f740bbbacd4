"""What every answer tells the browser: run and show nothing but the desk's own files, whatever stands in a page.

A middleware, the outermost: errors, health and static files carry the headers too. Django's SecurityMiddleware adds
nosniff, Referrer-Policy, Cross-Origin-Opener-Policy and HSTS, XFrameOptionsMiddleware X-Frame-Options.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from shop.policy import POLICY

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}

Handler = Callable[[HttpRequest], HttpResponseBase]


def headers(get_response: Handler) -> Handler:
    """A page that needs a wider policy sets its own: `shop.staff.paper` does."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware
