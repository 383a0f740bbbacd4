"""The shop's own figures: orders, revenue, pieces, customers and top products by day.

They come from the orders: an order counts from the moment it is placed, whatever its steps do, and is left out of every
figure from the moment it is cancelled, but for the number of those. `recorded` says how many of them a step of
marketing's has recorded so far.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypedDict

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, When
from django.db.models.functions import TruncDate
from django.utils import timezone

from integrations.pseudonym import same_name
from integrations.statistics.kept import Kept, Sold, runs
from orders.models import Order, OrderLine
from orders.money import exact

TOP = 5
ONE_DAY = timedelta(days=1)
EARLIEST, LATEST = date(1970, 1, 1), date(9998, 12, 31)  # Beyond these a time zone leaves what a date can be.
LIVE = ~Q(status=Order.Status.CANCELLED)
DayAndCurrency = tuple[date, str]

_kept = Kept()


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
    cancelled: int


def placed(first: date, last: date) -> QuerySet[Order]:
    """The orders placed on these days, both included, in the shop's time zone."""
    begin, end = bounds(first, last)
    return Order.objects.filter(created_at__gte=begin, created_at__lt=end).order_by()


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, in the shop's time zone."""
    begin, end = max(first, EARLIEST), min(last, LATEST) + ONE_DAY
    return timezone.make_aware(datetime.combine(begin, time.min)), timezone.make_aware(datetime.combine(end, time.min))


def counted(first: date, last: date) -> QuerySet[Order]:
    """The same without those that are cancelled."""
    return placed(first, last).filter(LIVE)


def figures(first: date, last: date) -> list[Day]:
    """One entry a day (and currency) with orders, from `first` to `last`, both included; the latest first."""
    rows = list(by_day(first, last))
    sold = sold_on(rows)
    return [
        Day(
            day=row["day"],
            currency=row["currency"],
            orders=row["count"],
            revenue=exact(row["sum"] or Decimal(0), row["currency"]),  # SQLite sums as floating point.
            pieces=sold[key].pieces,
            customers=sold[key].customers,
            top_products=sold[key].products,
            recorded=row["recorded"],
            cancelled=row["cancelled"],
        )
        for row in rows
        for key in [(row["day"], row["currency"])]
    ]


def by_day(first: date, last: date) -> Iterable[dict[str, Any]]:
    """What the orders alone tell, a row a day and currency; by `newest`, `eldest` and `changed` one sees a change."""
    days = placed(first, last).annotate(day=TruncDate("created_at")).values("day", "currency")
    prints = {"newest": Max("pk"), "eldest": Min("pk"), "changed": Max("updated_at")}
    counts = {"count": Count("pk", filter=LIVE), "cancelled": Count("pk", filter=~LIVE)}
    sums = {"sum": Sum("total", filter=LIVE), "recorded": Count("purchase", filter=LIVE)}
    found: Iterable[Any] = days.annotate(**counts, **sums, **prints).order_by("-day", "currency")
    return found


def sold_on(rows: Iterable[dict[str, Any]]) -> dict[DayAndCurrency, Sold]:
    """Of each row's day and currency what its lines and customers tell; days that are over are not read again."""
    zone, today = timezone.get_current_timezone_name(), timezone.localdate()
    seen = {(row["day"], row["currency"]): seen_of(row) for row in rows}
    found = {key: sold for key in seen if key[0] < today and (sold := _kept.get((zone, *key), seen[key]))}
    for first, last in runs(day for day, currency in seen if (day, currency) not in found):
        products, customers = products_by_day(first, last, ids_of(rows, first, last)), customers_by_day(first, last)
        for key in [key for key in seen if first <= key[0] <= last]:
            pieces = sum(product["pieces"] for product in products[key])
            found[key] = Sold(pieces, customers[key], products[key][:TOP])
            _kept.put((zone, *key), seen[key], found[key])
    return found


def ids_of(rows: Iterable[dict[str, Any]], first: date, last: date) -> tuple[int, int]:
    """Between which ids the orders of these days are."""
    some = [row for row in rows if first <= row["day"] <= last]
    return min(row["eldest"] for row in some), max(row["newest"] for row in some)


def seen_of(row: dict[str, Any]) -> Hashable:
    """Two rows of a day that have the same are of the same orders."""
    return tuple(row[name] for name in ("count", "cancelled", "sum", "newest", "eldest", "changed"))


def products_by_day(first: date, last: date, ids: tuple[int, int]) -> dict[DayAndCurrency, list[dict[str, Any]]]:
    """All products sold, by day and currency, the most sold first.

    `ids` bound those of the orders: with them PostgreSQL reads these orders' lines alone, without them all there are.
    """
    begin, end = bounds(first, last)
    rows = (
        OrderLine.objects.filter(
            ~Q(order__status=Order.Status.CANCELLED),
            order_id__gte=ids[0],
            order_id__lte=ids[1],
            order__created_at__gte=begin,
            order__created_at__lt=end,
        )
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
    who = Case(When(email="", then="customer_name"), default="email")  # As same_customer() has it.
    bought = counted(first, last).annotate(day=TruncDate("created_at"), who=who)
    rows = bought.values_list("day", "currency", "who").distinct()
    return Counter((day, currency) for day, currency, _ in {(*row[:2], same_name(row[2])) for row in rows})
