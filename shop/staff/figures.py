"""The page of the shop's own figures by day, also as CSV and JSON."""

import csv
from datetime import date, timedelta

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from integrations.statistics.figures import Day, figures

SHOWN = timedelta(days=30)
COLUMNS = [
    "day", "currency", "orders", "revenue", "pieces", "customers", "top_products", "recorded", "cancelled",
]  # fmt: skip


def figures_page(request: HttpRequest, title: str) -> HttpResponse:
    first, last = period(request)
    days = figures(first, last)
    match request.GET.get("format"):
        case "csv":
            return as_csv(days)
        case "json":
            return as_json(days)
    shown = {"title": title, "days": days, "first": first, "last": last, "chosen": f"from={first}&to={last}"}
    return TemplateResponse(request, "staff/figures.html", admin.site.each_context(request) | shown)


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
    writer.writerow(COLUMNS)
    for row in days:
        top = "; ".join(f"{product['pieces']} x {product['sku']}" for product in row["top_products"])
        fields = [row["day"], row["currency"], row["orders"], row["revenue"], row["pieces"], row["customers"]]
        top = f"'{top}" if top.startswith(("=", "+", "-", "@")) else top
        writer.writerow([*fields, top, row["recorded"], row["cancelled"]])
    return response


def as_json(days: list[Day]) -> HttpResponse:
    response = JsonResponse({"days": days}, json_dumps_params={"ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="statistics.json"'
    return response
