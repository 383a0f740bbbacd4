"""The front page: what needs you, what came in today, what is to do, and how destinations, printers and workers are."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils import timezone

from shop.staff import health, today
from shop.staff.chart import HEIGHT, WIDTH, bars
from shop.staff.listed import listed
from shop.staff.needs import Facts, Need, needs, read_facts
from shop.staff.traffic import Traffic, traffic

__all__ = ["Traffic", "overview", "traffic"]

MONEY = "integrations.view_purchase"
AGAIN = 30  # seconds until the page is refreshed
PICKED_AT_ONCE = 26


@dataclass(frozen=True)
class Shown:
    """A need as this user sees it."""

    need: Need
    urgent: bool
    actions: tuple[Any, ...]

    @property
    def state(self) -> str:
        return "bad" if self.urgent else "warn"

    @property
    def sign(self) -> str:
        return "!" if self.urgent else "·"


def overview(request: HttpRequest) -> dict[str, Any]:
    """All that the page shows, for the user who looks at it. Some nine statements."""
    user, facts = request.user, read_facts()
    may = user.has_perm
    shown = [Shown(need, need.urgent_for(user), need.actions_of(user)) for need in needs(user, facts)]
    return {
        "as_of": facts.now,
        "again": AGAIN,
        "zone": timezone.get_current_timezone_name(),
        "needs": shown,
        "urgent": sum(one.urgent for one in shown),
        "last_order": facts.to_do.last_order,
        **sales(facts, money=may(MONEY)),
        **work(facts, may("orders.pack_order")),
        "destinations": [*health.destinations(facts)],
        "queue_trouble": facts.queues.trouble,
        "may_pause": may("orders.change_destination"),
        "printers": [*health.printers(facts)] if may("printing.view_printer") else [],
        "sees_printers": may("printing.view_printer"),
        "workers": [*health.workers(facts)],
        "sweep": facts.sweep,
    }


def sales(facts: Facts, *, money: bool) -> dict[str, Any]:
    """Today beside yesterday by the same time, and the bars of thirty days. No money for those who pack."""
    came = today.came_in(facts.now)
    told = [
        (day.orders, f"{day.day:%a} {day.day.day} {day.day:%b}: {today.orders_in_words(day, money=money)}")
        for day in came.days
    ]
    return {
        "came": came,
        "money": money,
        "bars": [*bars(told)],
        "picture": {"width": WIDTH, "height": HEIGHT},
        "total": sum(day.orders for day in came.days),
    }


def work(facts: Facts, may_pack: bool) -> dict[str, Any]:
    """What is to be packed and shipped, with the ways to do it where the desk has them."""
    pack, picks = (page(path) if may_pack else "" for path in ("/desk/pack", "/desk/picklists"))
    return {
        "to_pack": facts.to_do.pack,
        "to_ship": facts.to_do.ship,
        "pack_url": pack,
        "picks_url": page("/desk/picklists/next") or picks if picks else "",
        "picked_at_once": min(facts.to_do.free.count, PICKED_AT_ONCE),
        "lists": {"pack": listed("order", to="pack"), "ship": listed("order", to="ship")},
    }


def page(path: str) -> str:
    """The address of a page of the desk, below the path that it is mounted at; empty if there is no such page."""
    try:
        resolve(path)
    except Resolver404:
        return ""
    return f"{get_script_prefix()}{path[1:]}"


def fragment(request: HttpRequest) -> HttpResponse:
    """The page's content alone: what the script asks for again and again."""
    return TemplateResponse(request, "staff/front.html", overview(request))


fragment_view = permission_required("orders.view_order", raise_exception=True)(fragment)
