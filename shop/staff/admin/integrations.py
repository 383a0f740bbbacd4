"""Two pages in the admin: the shop's own figures, and whether each destination can be reached."""

import csv
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from integrations.connections import Finding, try_connections
from integrations.models import Connection, Purchase
from integrations.statistics.figures import Day, figures

SHOWN = timedelta(days=30)


class PageAdmin(admin.ModelAdmin):
    """A page of its own in place of a list; nothing to add, change or delete."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        context |= self.admin_site.each_context(request) | {"title": title, "opts": self.model._meta}
        return TemplateResponse(request, template, context)


@admin.register(Purchase)
class FiguresAdmin(PageAdmin):
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        first, last = period(request)
        days = figures(first, last)
        match request.GET.get("format"):
            case "csv":
                return as_csv(days)
            case "json":
                return as_json(days)
        shown = {"days": days, "first": first, "last": last, "chosen": f"from={first}&to={last}"}
        return self.page(request, "staff/figures.html", "Statistics", **shown)


@admin.register(Connection)
class ConnectionAdmin(PageAdmin):
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        findings: list[Finding] | None = try_connections() if request.method == "POST" else None
        return self.page(request, "staff/connections.html", "Connections", findings=findings)


def period(request: HttpRequest) -> tuple[date, date]:
    """The days asked for, else the last thirty; a malformed day counts as not given."""
    today = timezone.localdate()
    return read_day(request.GET.get("from"), today - SHOWN), read_day(request.GET.get("to"), today)


def read_day(text: str | None, default: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return default


def as_csv(days: list[Day]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="statistics.csv"'
    writer = csv.writer(response)
    writer.writerow(["day", "currency", "orders", "revenue", "pieces", "customers", "top_products"])
    for row in days:
        top = "; ".join(f"{product['pieces']} x {product['sku']}" for product in row["top_products"])
        fields = [row["day"], row["currency"], row["orders"], row["revenue"], row["pieces"], row["customers"]]
        writer.writerow([*fields, f"'{top}" if top.startswith(("=", "+", "-", "@")) else top])
    return response


def as_json(days: list[Day]) -> HttpResponse:
    response = JsonResponse({"days": days}, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="statistics.json"'
    return response
