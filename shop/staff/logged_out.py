"""Who presses a button after the login has ended is told, and comes back to the page with the button."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

WORDS = "Your login had ended: what you pressed was not done. Log in, and press it again."


def press_again(request: HttpRequest) -> HttpResponse:
    """To the login. What was pressed is not repeated by itself: nobody knows who logs in, and when."""
    messages.warning(request, WORDS)
    return redirect_to_login(page_of(request), reverse("admin:login"))


def page_of(request: HttpRequest) -> str:
    """The page of ours that the form stood on, as the browser says (Referer); the front page where it does not."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    there = came_from._replace(scheme="", netloc="", fragment="").geturl()
    here = came_from.netloc == request.get_host() and url_has_allowed_host_and_scheme(there, None)
    return there if here else reverse("admin:index")
