from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from orders.models import Destination
from orders.steps import why_held
from orders.steps.backlog import age
from shop.staff.admin import holding
from shop.staff.admin.badges import badge
from shop.staff.admin.history import HistoryAdmin
from shop.staff.front_page import Traffic, traffic


@admin.register(Destination)
class DestinationAdmin(HistoryAdmin):
    """A line for each destination: does it take steps, and how many wait for it."""

    list_display = ["name", "condition", "on_the_way", "held_or_waiting", "parked", "oldest", "failures", "reason"]
    readonly_fields = [
        "name", "condition", "on_the_way", "held_or_waiting", "parked", "oldest", "failures", "reason",
        "paused_by", "paused_at",
    ]  # fmt: skip
    ordering = ("name",)
    actions = ["pause", "resume", "close_breaker"]

    def has_pause_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_destination")

    def fitting(self, row: Destination) -> dict[str, bool]:
        return {"pause": not row.paused, "resume": row.paused, "close_breaker": row.open_until is not None}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Destination]:
        self.traffic, self.held = traffic(), bool(why_held())
        return super().get_queryset(request).select_related("probe")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        # A row comes with the first failure or pause; staff want to see all of them.
        missing = set(settings.ENABLED_STEPS) - set(Destination.objects.values_list("name", flat=True))
        Destination.objects.bulk_create((Destination(name=name) for name in missing), ignore_conflicts=True)
        return super().changelist_view(request, extra_context)

    @admin.action(description="Pause: hold the steps back…", permissions=["pause"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Destination]) -> HttpResponse:
        return holding.ask_to_pause(self, request, queryset)

    @admin.action(description="Resume: let the steps go on", permissions=["pause"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Destination]) -> HttpResponse:
        return holding.several(self, request, queryset, holding.RESUMING)

    @admin.action(description="Close the breaker: try all steps again now", permissions=["pause"])
    def close_breaker(self, request: HttpRequest, queryset: QuerySet[Destination]) -> HttpResponse:
        return holding.several(self, request, queryset, holding.CLOSING)

    @admin.display(description="condition")
    def condition(self, destination: Destination) -> SafeString:
        return condition(destination, held=self.held)

    def _of(self, destination: Destination) -> Traffic:
        return self.traffic.get(destination.name, Traffic(destination.name))

    @admin.display(description="on the way")
    def on_the_way(self, destination: Destination) -> int:
        return self._of(destination).on_the_way

    @admin.display(description="held or waiting")
    def held_or_waiting(self, destination: Destination) -> int:
        return self._of(destination).held_or_waiting

    @admin.display(description="parked")
    def parked(self, destination: Destination) -> int:
        return self._of(destination).parked

    @admin.display(description="oldest open step")
    def oldest(self, destination: Destination) -> str:
        return age(self._of(destination).oldest) or "-"


def condition(destination: Destination, *, held: bool = False) -> SafeString:
    """Paused by whom, its circuit breaker open until when, or fine: badges and a few words. Both may hold it.

    `held`: all are, because the database is a copy.
    """
    copy = format_html("{} the database is a copy", badge("waiting", "held")) if held else None
    parts = filter(None, (copy, paused(destination), broken(destination)))
    return format_html_join("; ", "{}", ((part,) for part in parts)) or badge("done", "takes steps")


def paused(destination: Destination) -> SafeString | None:
    if destination.paused:
        since = localize(timezone.localtime(destination.paused_at)) if destination.paused_at else ""
        return format_html(
            "{} by {} since {}{}",
            badge("waiting", "paused"),
            destination.paused_by or "staff",
            since or "unknown",
            f": “{destination.pause_reason}”" if destination.pause_reason else "",
        )
    return None


def broken(destination: Destination) -> SafeString | None:
    if destination.open_until:
        when = localize(timezone.localtime(destination.open_until))
        if destination.probe:
            return format_html("{} one step is trying", badge("parked", "breaker open"))
        return format_html("{} tries one step at {}", badge("parked", "breaker open"), when)
    return None
