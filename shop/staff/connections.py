"""The page that tries every destination's connection: is it there, does it let us in?"""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from integrations.connections import try_connections


def connections_page(request: HttpRequest, title: str) -> HttpResponse:
    """Tries them when the button is pressed; to look at the page alone reaches out to nobody."""
    findings = try_connections() if request.method == "POST" else None
    context = admin.site.each_context(request) | {"title": title, "findings": findings}
    return TemplateResponse(request, "staff/connections.html", context)
