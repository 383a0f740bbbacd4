"""The page of the shop's own figures by day, also as CSV and JSON."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from integrations.statistics.figures import Day, figures
from shop.staff.chart import HEIGHT, WIDTH, bars

SHOWN = timedelta(days=30)
MOST_BARS = 120
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
    shown = {
        "title": title,
        "days": days,
        "sums": list(sums(days)),
        "bars": list(bars(orders_by_day(days, first, last))),
        "picture": {"width": WIDTH, "height": HEIGHT},
        "first": first,
        "last": last,
        "zone": timezone.get_current_timezone_name(),
        "chosen": f"from={first}&to={last}",
    }
    return TemplateResponse(request, "staff/figures.html", admin.site.each_context(request) | shown)


def sums(days: list[Day]) -> Iterator[dict[str, Any]]:
    """Of all days together, a line a currency. (Customers may have come on several days: they have no sum.)"""
    for currency in sorted({row["currency"] for row in days}):
        own = [row for row in days if row["currency"] == currency]
        counts = {name: sum(row[name] for row in own) for name in ("orders", "pieces", "cancelled")}
        revenue = sum((Decimal(row["revenue"]) for row in own), Decimal(0))
        yield counts | {"currency": currency, "revenue": f"{revenue:,f}"}


def orders_by_day(days: list[Day], first: date, last: date) -> list[tuple[int, str]]:
    """For the bars: a day without orders is one, too. None, if there are more days than the picture has room for."""
    if not 1 < (last - first).days < MOST_BARS:
        return []
    counts: Counter[date] = Counter()
    for row in days:
        counts[row["day"]] += row["orders"]
    all_days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(counts[day], f"{day}: {counts[day]} orders") for day in all_days]


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
