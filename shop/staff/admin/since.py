"""Sends again what failed since a time: the page says how many would go now and how many are held, then one click.

A step has failed since then if it is parked or waiting and its last try began or ended since. What was counted is what
is sent: what fails after the count waits for the next one.
"""

from collections import Counter
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from orders.database import clock
from orders.models import Step
from orders.step_names import names_of
from orders.steps import destinations
from shop.staff import shop_time
from shop.staff.admin.badges import in_words
from shop.staff.admin.confirmation import MOST_ITEMS, confirmed
from shop.staff.admin.resending import beforehand, can_be_sent, resend

BEGIN = 8  # o'clock, when somebody comes in and looks


def failed(since: datetime, until: datetime, name: str) -> QuerySet[Step]:
    """What failed between the two, at the destination `name` or at all."""
    ended = Q(finished_at__gte=since, finished_at__lte=until)
    begun = Q(started_at__gte=since, started_at__lte=until)
    found = Step.objects.filter(ended | begun)
    return found.filter(name__in=names_of(name)) if name else found


def since_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Counts what failed since 8:00, or since what was typed; sends it once confirmed."""
    now = clock.now()
    asked = request.POST if request.method == "POST" else request.GET
    name = asked.get("name", "") if asked.get("name", "") in settings.ENABLED_STEPS else ""
    fault, typed = "", shop_time.Typed(shop_time.this_morning(now, BEGIN))
    try:
        typed = read(asked["since"], now) if asked.get("since") else typed
        until = shop_time.read_moment(asked["until"]).at if confirmed(request) and asked.get("until") else now
    except ValueError as error:
        fault, until = str(error), now
    steps = failed(typed.at, until, name)
    if confirmed(request) and not fault:
        return resend(model_admin, request, steps)
    return _page(model_admin, request, typed, name, fault, asked.get("since", ""), now, steps)


def read(text: str, now: datetime) -> shop_time.Typed:
    """ValueError for what is no time, and for one that is yet to come."""
    typed = shop_time.read_moment(text)
    if typed.at > now:
        raise ValueError(f"{shop_time.local(typed.at)} is yet to come: it is {shop_time.local(now)} now.")
    return typed


def _page(
    model_admin: Any, request: HttpRequest, typed: shop_time.Typed, name: str, fault: str, text: str, now: datetime,
    steps: QuerySet[Step],
) -> HttpResponse:  # fmt: skip
    chosen = can_be_sent(steps)
    names = Counter() if fault else Counter(chosen.order_by().values_list("name", flat=True))
    count = sum(names.values())
    shown = destinations.with_hold(chosen.select_related("order")).order_by("id")[:MOST_ITEMS] if count else []
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Send again what failed",
        "opts": model_admin.opts,
        "since": text if fault else f"{timezone.localtime(typed.at):%Y-%m-%dT%H:%M}",
        "moment": typed.at.isoformat(),
        "note": typed.note,
        "until": now.isoformat(),
        "fault": fault,
        "name": name,
        "names": settings.ENABLED_STEPS,
        "count": count,
        "beforehand": beforehand(names) if count else "",
        "items": [(step.order.number, in_words(step)) for step in shown],
        "more": max(0, count - MOST_ITEMS),
    }
    return TemplateResponse(request, "staff/since.html", context)
