"""What operators were told: the causes that last, the messages with what came back, and a test message."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from orders.database import clock
from orders.models import Attention, Notice
from shop.staff.attention.trying import NOBODY, NotTried, send_test

A_PAGE = 50  # messages
MOST_CAUSES = 200


def attention_page(request: HttpRequest, title: str) -> HttpResponse:
    if request.method == "POST":
        _try(request)
        return redirect("admin:attention")
    context = {
        "title": title,
        "now": clock.now(),
        "recipients": settings.ATTENTION.recipients,
        "nobody": NOBODY,
        "causes": Attention.objects.filter(mended_at=None).order_by("-first_seen")[:MOST_CAUSES],
        "notices": Paginator(Notice.objects.order_by("-pk"), A_PAGE).get_page(request.GET.get("page")),
    }
    return TemplateResponse(request, "staff/attention.html", admin.site.each_context(request) | context)


def _try(request: HttpRequest) -> None:
    try:
        for answer in send_test(by=request.user.get_username()):
            if answer.ok:
                messages.success(request, f"Sent to {answer.to}: {answer.said}")
            else:
                messages.error(request, f"Not sent to {answer.to}: {answer.said}")
    except NotTried as error:
        messages.warning(request, str(error))
