"""How long ago something was, with the exact time beside it; in lists for each column that is a time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.database import clock
from orders.steps.backlog import age

RECENT = timedelta(days=2)  # Before that, the day says more than "9 days ago".


def ago(at: datetime | None, now: datetime | None = None) -> SafeString | str:
    """ "12 min ago 16:34", "in 4 min 16:51", or the date and time of what is long ago; "-" for None.

    In the shop's time zone. `now` is the database's time; without it, it is asked.
    """
    if at is None:
        return "-"
    now, local = now or clock.now(), timezone.localtime(at)
    exact = date_format(local, "DATETIME_FORMAT")
    if abs(now - at) > RECENT:
        return format_html('<time class="desk-time" datetime="{}">{}</time>', local.isoformat(), exact)
    words = f"{age(at, now)} ago" if at <= now else f"in {age(now, at)}"
    small = date_format(local, "TIME_FORMAT")
    shown = '<time class="desk-time" datetime="{}" title="{}">{} <small>{}</small></time>'
    return format_html(shown, local.isoformat(), exact, words, small)


class ToldInAges(admin.ModelAdmin):
    """Its list shows times as `ago` does. All rows of a page are judged by the same moment."""

    def get_list_display(self, request: HttpRequest) -> Any:
        now = cache(clock.now)
        return [self._told(name, now) for name in super().get_list_display(request)]

    def _told(self, name: Any, now: Callable[[], datetime]) -> Any:
        return column(self.opts, name, now) if isinstance(name, str) and is_time(self.opts, name) else name


def is_time(meta: Any, name: str) -> bool:
    try:
        return isinstance(meta.get_field(name), DateTimeField)
    except FieldDoesNotExist:
        return False


def column(meta: Any, name: str, now: Callable[[], datetime]) -> Callable[[Any], SafeString | str]:
    """What Django asks for a cell: under the field's own name and heading, and sorted as the field is."""

    @admin.display(description=str(meta.get_field(name).verbose_name), ordering=name)
    def told(row: Any) -> SafeString | str:
        at = getattr(row, name)
        return ago(at, now()) if at else "-"

    told.__name__ = name
    return told
