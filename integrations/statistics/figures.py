"""The shop's own figures: orders, revenue, pieces, customers and top products by day.

A cancelled order is left out of every figure from the moment it is cancelled.
"""

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from django.db.models import Count, F, QuerySet, Sum

from integrations.models import Purchase
from orders.models import Order, OrderLine
from orders.money import exact

TOP = 5


class Day(TypedDict):
    """`revenue` is in `currency`; `top_products` are SKU, name and pieces, the most sold first."""

    day: date
    currency: str
    orders: int
    revenue: Decimal
    pieces: int
    customers: int
    top_products: list[dict[str, Any]]


def valid() -> QuerySet[Purchase]:
    return Purchase.objects.exclude(order__status=Order.Status.CANCELLED)


def figures(first: date, last: date) -> list[Day]:
    """One entry a day (and currency) with purchases, from `first` to `last`, both included; the latest first."""
    days = (
        valid()
        .filter(day__range=(first, last))
        .order_by("-day", "currency")
        .values("day", "currency")
        .annotate(
            sum_revenue=Sum("revenue"),
            sum_pieces=Sum("pieces"),
            count_orders=Count("pk"),
            count_customers=Count("customer", distinct=True),
        )
    )
    products = top_products(first, last)
    return [
        Day(
            day=row["day"],
            currency=row["currency"],
            orders=row["count_orders"],
            revenue=exact(row["sum_revenue"], row["currency"]),  # SQLite sums as floating point.
            pieces=row["sum_pieces"],
            customers=row["count_customers"],
            top_products=products.get((row["day"], row["currency"]), [])[:TOP],
        )
        for row in days
    ]


def top_products(first: date, last: date) -> dict[tuple[date, str], list[dict[str, Any]]]:
    """Products by day and currency, the most sold first."""
    rows = (
        OrderLine.objects.filter(order__purchase__in=valid().filter(day__range=(first, last)))
        .values("sku", "name", day=F("order__purchase__day"), currency=F("order__currency"))
        .annotate(pieces=Sum("quantity"))
        .order_by("-pieces", "sku")
    )
    found: dict[tuple[date, str], list[dict[str, Any]]] = {}
    for row in rows:
        product = {"sku": row["sku"], "name": row["name"], "pieces": row["pieces"]}
        found.setdefault((row["day"], row["currency"]), []).append(product)
    return found
