"""The shop's own figures: orders, revenue, pieces, customers and top products by day.

They come from the orders: an order counts from the moment it is placed, whatever its steps do, and is left out of every
figure from the moment it is cancelled. `recorded` says how many of them a step of marketing's has recorded so far.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypedDict

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from integrations.pseudonym import same_customer
from orders.models import Order, OrderLine
from orders.money import exact

TOP = 5
ONE_DAY = timedelta(days=1)
EARLIEST, LATEST = date(1970, 1, 1), date(9998, 12, 31)  # Beyond these a time zone leaves what a date can be.
DayAndCurrency = tuple[date, str]


class Day(TypedDict):
    """`revenue` is in `currency`; `top_products` are SKU, name and pieces, the most sold first; `recorded`: orders."""

    day: date
    currency: str
    orders: int
    revenue: Decimal
    pieces: int
    customers: int
    top_products: list[dict[str, Any]]
    recorded: int


def counted(first: date, last: date) -> QuerySet[Order]:
    """The orders placed on these days, both included, in the shop's time zone; cancelled ones are left out."""
    begin, end = (datetime.combine(day, time.min) for day in (max(first, EARLIEST), min(last, LATEST) + ONE_DAY))
    placed = Order.objects.filter(created_at__gte=timezone.make_aware(begin), created_at__lt=timezone.make_aware(end))
    return placed.exclude(status=Order.Status.CANCELLED).order_by()


def figures(first: date, last: date) -> list[Day]:
    """One entry a day (and currency) with orders, from `first` to `last`, both included; the latest first."""
    by_day = counted(first, last).annotate(day=TruncDate("created_at")).values("day", "currency")
    days = by_day.annotate(sum=Sum("total"), count=Count("pk"), recorded=Count("purchase"))
    products, customers = products_by_day(first, last), customers_by_day(first, last)
    return [
        Day(
            day=row["day"],
            currency=row["currency"],
            orders=row["count"],
            revenue=exact(row["sum"], row["currency"]),  # SQLite sums as floating point.
            pieces=sum(product["pieces"] for product in products[row["day"], row["currency"]]),
            customers=customers[row["day"], row["currency"]],
            top_products=products[row["day"], row["currency"]][:TOP],
            recorded=row["recorded"],
        )
        for row in days.order_by("-day", "currency")
    ]


def products_by_day(first: date, last: date) -> dict[DayAndCurrency, list[dict[str, Any]]]:
    """All products sold, by day and currency, the most sold first."""
    rows = (
        OrderLine.objects.filter(order__in=counted(first, last).values("pk"))
        .values("sku", "name", day=TruncDate("order__created_at"), currency=F("order__currency"))
        .annotate(pieces=Sum("quantity"))
        .order_by("-pieces", "sku")
    )
    found: dict[DayAndCurrency, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        product = {"sku": row["sku"], "name": row["name"], "pieces": row["pieces"]}
        found[row["day"], row["currency"]].append(product)
    return found


def customers_by_day(first: date, last: date) -> Counter[DayAndCurrency]:
    """How many customers, by day and currency. One e-mail is one customer; without one, one name is (case aside)."""
    bought = counted(first, last).annotate(day=TruncDate("created_at"))
    rows = bought.values_list("day", "currency", "email", "customer_name").distinct()
    return Counter((day, currency) for day, currency, _ in {(*row[:2], same_customer(*row[2:])) for row in rows})
