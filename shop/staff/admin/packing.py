"""Marks orders as packed and shipped from the admin, and says of those left alone why."""

from collections import Counter
from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from orders.models import Order
from shop.staff.admin.confirmation import counted, go_back
from shop.staff.admin.history import HistoryAdmin

NOT_PACKED = (Order.Status.RECEIVED, Order.Status.PROCESSED)


def advance(
    model_admin: HistoryAdmin,
    request: HttpRequest,
    orders: QuerySet[Order],
    move: Callable[..., list[int]],
    after: Order.Status,
) -> HttpResponse:
    """Moves those of `orders` on that can be moved; `move` is `lifecycle.pack` or `ship`."""
    before = dict(orders.order_by().values_list("pk", "status"))
    moved = move(Order.objects.filter(pk__in=before), by=request.user.get_username())
    left = [reason(before[pk], after) for pk in before.keys() - set(moved)]
    level = messages.SUCCESS if moved else messages.WARNING
    text = f"{counted(len(moved), 'order')} marked as {after}.{left_alone(left)}"
    model_admin.message_user(request, text, level)
    return go_back(request)


def reason(status: str, after: Order.Status) -> str:
    """Why an order of this status was not moved on."""
    if status in NOT_PACKED:
        return "its slip is not out yet" if after == Order.Status.PACKED else "not packed yet"
    return f"already {status}" if status == after else str(status)


def left_alone(reasons: list[str]) -> str:
    """ " 3 orders left alone: 2 × its slip is not out yet, 1 × cancelled." """
    if not reasons:
        return ""
    told = ", ".join(f"{count} × {why}" for why, count in Counter(reasons).most_common())
    return f" {counted(len(reasons), 'order')} left alone: {told}."
