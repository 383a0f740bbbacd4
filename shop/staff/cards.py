"""The numbers at the head of the front page, each with the list of exactly so many rows behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import timezone

from orders import lifecycle
from orders.models import DeadLetter, Order
from orders.money import exact
from shop.staff.listed import listed

MOST = 1000  # So many orders to pack are counted: beyond that nobody needs the exact number.


@dataclass(frozen=True)
class Card:
    """`more` stands below, in small; `alarm`: somebody must do something."""

    number: str
    words: str
    url: str
    more: str = ""
    alarm: bool = False


def cards(user: Any, open_steps: int, parked: int) -> Iterator[Card]:
    """Those whose lists this user may open."""
    if user.has_perm("orders.view_order"):
        yield today(money=user.has_perm("integrations.view_purchase"))
        yield to_pack()
    if user.has_perm("orders.view_step"):
        yield Card(str(open_steps), plural(open_steps, "step") + " open", listed("step", flow="open"))
        alarm = parked > 0
        yield Card(str(parked), "parked: somebody must look", listed("step", state__exact="parked"), alarm=alarm)
    if user.has_perm("orders.view_deadletter"):
        letters = DeadLetter.objects.filter(sent_again_at__isnull=True).count()
        yield Card(str(letters), plural(letters, "dead letter"), listed("deadletter", again="no"), alarm=letters > 0)


def today(*, money: bool) -> Card:
    """The orders of today but for cancelled ones, and what they bring in: as the statistics count them."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    orders = Order.objects.filter(created_at__gte=midnight, cancelled_at__isnull=True).order_by()
    url = listed("order", created_at__gte=midnight.isoformat(), cancelled_at__isnull="True")
    number = orders.count()
    return Card(str(number), plural(number, "order") + " today", url, more=revenue(orders) if money else "")


def revenue(orders: QuerySet[Order]) -> str:
    """ "13,727.50 EUR"; several currencies beside each other."""
    sums = orders.values("currency").annotate(sum=Sum("total")).order_by("currency")
    return ", ".join(f"{exact(row['sum'], row['currency']):,f} {row['currency']}" for row in sums)


def to_pack() -> Card:
    number = lifecycle.to_pack(Order.objects.order_by())[:MOST].count()
    return Card(f"{number}+" if number == MOST else str(number), "to be packed", listed("order", to="pack"))


def plural(number: int, noun: str) -> str:
    return noun if number == 1 else f"{noun}s"
