"""A scan that could not be taken, though it arrived: the login had ended, or the page was too old.

It goes back into the field, with its id: Enter counts it, once. Nothing is done until then, so that no link of
another site can scan.
"""

import uuid

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

PLACE = "/desk/pack"
OLD, LOGIN = "old", "login"
WORDS = {
    OLD: "NOT COUNTED: this page was too old. Press Enter to count it now.",
    LOGIN: "NOT COUNTED: your login had ended. Press Enter to count it now.",
}


def is_here(request: HttpRequest) -> bool:
    """True of a scan at the pack station, wherever the desk is mounted."""
    return request.method == "POST" and request.path_info.startswith(PLACE)


def address(request: HttpRequest, why: str, scan_id: str = "") -> str:
    """The page that was open, with the scan in its field."""
    said = {"scan": request.POST.get("code", ""), "id": scan_id, "why": why}
    after = {"said": request.POST.get("after", "")} if why == LOGIN or scan_id else {}
    return f"{request.path}?{urlencode({key: value for key, value in (said | after).items() if value})}"


def back_into_the_field(request: HttpRequest) -> HttpResponseRedirect:
    """Where the proof is missing that the form came from a page of ours (CSRF)."""
    return HttpResponseRedirect(address(request, OLD, request.POST.get("id", "")))


def after_login(request: HttpRequest) -> HttpResponseRedirect:
    again = address(request, LOGIN, request.POST.get("id", ""))
    return HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode({'next': again})}")


def read_id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
