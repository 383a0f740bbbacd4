"""What came in: today, yesterday by the same time, and on each of thirty days. From the orders themselves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from integrations.statistics.figures import counted
from orders.models import Order, OrderLine
from orders.money import exact
from shop.staff.listed import listed

SHOWN = 30  # days
ONE_DAY = timedelta(days=1)
MOST_SOLD = 4
LIVE = ~Q(status=Order.Status.CANCELLED)


@dataclass
class Day:
    """Orders placed within a day in the shop's time zone, but for cancelled ones; `sums` by currency."""

    day: date
    orders: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)

    def add(self, orders: int, currency: str, amount: Decimal | None) -> None:
        self.orders += orders
        if orders:
            self.sums[currency] = self.sums.get(currency, Decimal(0)) + exact(amount or Decimal(0), currency)

    @property
    def url(self) -> str:
        """The list of exactly these orders."""
        return placed_between(midnight(self.day), midnight(self.day + ONE_DAY))

    @property
    def amounts(self) -> list[tuple[str, str]]:
        """Each currency with its sum, as it is shown."""
        return [(currency, f"{amount:,f}") for currency, amount in sorted(self.sums.items())]

    @property
    def money(self) -> str:
        """ "13,727.50 EUR"; several currencies beside each other."""
        return ", ".join(f"{amount} {currency}" for currency, amount in self.amounts)


@dataclass(frozen=True)
class Came:
    """`yesterday` is what had come by this time of day; `yesterday_url` lists exactly that."""

    days: list[Day]
    yesterday: Day
    yesterday_url: str
    pieces: int
    most_sold: list[tuple[str, int]]

    @property
    def today(self) -> Day:
        return self.days[-1]


def came_in(now: datetime) -> Came:
    """Two statements: one over the orders of the days, one over today's lines."""
    today = timezone.localdate(now)
    first, by_now = today - (SHOWN - 1) * ONE_DAY, now - ONE_DAY
    days = {first + number * ONE_DAY: Day(first + number * ONE_DAY) for number in range(SHOWN)}
    yesterday, eldest = Day(today - ONE_DAY), 0
    for row in rows(first, by_now):
        if row["day"] in days:  # Not one whose clock was ahead.
            days[row["day"]].add(row["orders"], row["currency"], row["sum"])
        if row["day"] == yesterday.day:
            yesterday.add(row["earlier"], row["currency"], row["earlier_sum"])
        if row["day"] == today:
            eldest = min(row["eldest"], eldest or row["eldest"])
    sold = sold_on(today, eldest) if eldest else []
    url = placed_between(midnight(yesterday.day), by_now)
    return Came([*days.values()], yesterday, url, sum(pieces for _, pieces in sold), sold[:MOST_SOLD])


def rows(first: date, by_now: datetime) -> Iterable[dict[str, Any]]:
    """A row a day and currency: orders and their sum, of both what had come by `by_now`, and their lowest id."""
    placed = Order.objects.filter(LIVE, created_at__gte=midnight(first)).order_by()
    by_day = placed.annotate(day=TruncDate("created_at")).values("day", "currency")
    earlier = Q(created_at__lt=by_now)
    sums = {"sum": Sum("total"), "earlier_sum": Sum("total", filter=earlier)}
    found: Iterable[Any] = by_day.annotate(
        orders=Count("pk"), earlier=Count("pk", filter=earlier), eldest=Min("pk"), **sums
    )
    return found


def sold_on(day: date, eldest: int) -> list[tuple[str, int]]:
    """All products of that day's orders by name, with their pieces, the most sold first.

    `eldest` is the lowest id of these orders: with it PostgreSQL reads their lines alone, without it all there are.
    """
    lines = OrderLine.objects.filter(order__in=counted(day, day).values("pk"), order_id__gte=eldest).order_by()
    pieces = lines.values("sku", "name").annotate(pieces=Sum("quantity")).order_by("-pieces", "sku")
    return [(row["name"], row["pieces"]) for row in pieces]


def midnight(day: date) -> datetime:
    """In the shop's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def placed_between(begin: datetime, end: datetime) -> str:
    times = {"created_at__gte": begin.isoformat(), "created_at__lt": end.isoformat()}
    return listed("order", **times, cancelled_at__isnull="True")


def orders_in_words(day: Day, *, money: bool) -> str:
    """ "69 orders, 13,727.50 EUR" """
    orders = f"{day.orders:,} order" + ("" if day.orders == 1 else "s")
    return f"{orders}, {day.money}" if money and day.sums else orders
