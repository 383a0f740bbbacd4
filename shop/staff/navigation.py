"""The desk's navigation: by what staff want to do, not by which table holds it.

A page that is not there has no entry: each is looked up in the URL conf. `base.html` shows what `navigation` finds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse

from shop.staff.frame import Frame, frame

WORK, OPERATIONS, RECORDS = "Work", "Operations", "Records"
GROUPS = [WORK, OPERATIONS, RECORDS]


@dataclass(frozen=True)
class Entry:
    """`where` is a URL's name (`admin:index`) or a path (`/desk/pack`), with or without a query.

    Who has `permission` sees it; none: everybody of the staff. `count` says how much waits there for the user.
    """

    title: str
    where: str
    permission: str
    group: str
    order: int
    count: Callable[[Frame], int] | None = None


ENTRIES = [
    Entry("Today", "admin:index", "", WORK, 10),
    Entry("Orders", "admin:orders_order_changelist", "orders.view_order", WORK, 20),
    Entry("To pack", "/desk/pack", "orders.pack_order", WORK, 30),
    Entry("Pick lists", "/desk/picklists", "orders.pack_order", WORK, 40),
    Entry("Products", "admin:orders_product_changelist", "orders.view_product", WORK, 50),
    Entry("Printers", "admin:printing_printer_changelist", "printing.view_printer", WORK, 60),
    Entry("Trouble", "admin:trouble", "orders.view_step", WORK, 70, attrgetter("troubles")),
    Entry("Send again", "admin:orders_step_since", "orders.change_step", WORK, 75),
    Entry("Figures", "admin:figures", "integrations.view_purchase", WORK, 80),
    Entry("Destinations", "admin:orders_destination_changelist", "orders.change_destination", OPERATIONS, 10),
    Entry("Connections", "admin:connections", "orders.try_connections", OPERATIONS, 20),
    Entry("Attention", "admin:attention", "orders.try_connections", OPERATIONS, 25),
    Entry("Keys", "admin:orders_apikey_changelist", "orders.view_apikey", OPERATIONS, 30),
    Entry("People", "admin:auth_user_changelist", "auth.view_user", OPERATIONS, 40),
    Entry("Steps", "admin:orders_step_changelist", "orders.view_step", RECORDS, 10),
    Entry("Print jobs", "admin:printing_printjob_changelist", "printing.view_printjob", RECORDS, 20),
    Entry("Dead letters", "admin:orders_deadletter_changelist", "orders.view_deadletter", RECORDS, 30),
    Entry("Who did what", "admin:orders_deed_changelist", "orders.view_deed", RECORDS, 40),
    Entry("Failed logons", "admin:axes_accessattempt_changelist", "axes.view_accessattempt", RECORDS, 50),
    Entry("Roles", "admin:auth_group_changelist", "auth.view_group", RECORDS, 60),
    # Further entries come here, a line each.
]


@dataclass
class Shown:
    """An entry as the page shows it: `count` is 0 where nothing waits."""

    title: str
    url: str
    group: str
    count: int = 0
    current: bool = False


def navigation(request: HttpRequest) -> list[tuple[str, list[Shown]]]:
    """The groups that have entries for this user, in order, each with its entries."""
    if not getattr(request.user, "is_staff", False):
        return []
    found = list(entries(request.user, frame(request)))
    mark(found, request.get_full_path())
    return [(group, list(shown)) for group, shown in groupby(found, lambda entry: entry.group)]


def entries(user: Any, read: Frame) -> Iterator[Shown]:
    for entry in sorted(ENTRIES, key=lambda entry: (GROUPS.index(entry.group), entry.order)):
        if (not entry.permission or user.has_perm(entry.permission)) and (url := address(entry.where)):
            yield Shown(entry.title, url, entry.group, entry.count(read) if entry.count else 0)


def address(where: str) -> str:
    """Where an entry leads, below the path that the desk is mounted at; empty if there is no such page."""
    name, _, query = where.partition("?")
    try:
        if name.startswith("/"):
            resolve(name)
            url = f"{get_script_prefix()}{name[1:]}"
        else:
            url = reverse(name)
    except (NoReverseMatch, Resolver404):
        return ""
    return f"{url}?{query}" if query else url


def mark(found: list[Shown], here: str) -> None:
    """The entry that one is at, or below: that with the longest address. Nothing is below Today."""
    front = address("admin:index")
    at = [entry for entry in found if here.startswith(entry.url) and (entry.url != front or here == front)]
    if at:
        max(at, key=lambda entry: len(entry.url)).current = True
