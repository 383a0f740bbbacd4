"""Marks orders as packed and shipped from the admin: several after a question. Says of those left alone why."""

from collections import Counter
from collections.abc import Callable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from orders import lifecycle
from orders.models import Order
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, counted, go_back
from shop.staff.admin.history import HistoryAdmin

NOT_PACKED = (Order.Status.RECEIVED, Order.Status.PROCESSED)


def advance(
    model_admin: HistoryAdmin,
    request: HttpRequest,
    orders: QuerySet[Order],
    move: Callable[..., list[int]],
    after: Order.Status,
) -> HttpResponse:
    """Moves those of `orders` on that can be moved; `move` is `lifecycle.pack` or `ship`. Several after a question."""
    before = dict(orders.order_by().values_list("pk", "status"))
    if len(before) > 1 and not confirmed(request) and (asked := question(before, after)):
        return ask(request, model_admin, asked)
    moved = move(Order.objects.filter(pk__in=before), by=request.user.get_username())
    left = [reason(before[pk], after) for pk in before.keys() - set(moved)]
    level = messages.SUCCESS if moved else messages.WARNING
    text = f"{counted(len(moved), 'order')} marked as {after}.{left_alone(left)}"
    model_admin.message_user(request, text, level)
    return go_back(request)


def question(before: dict[int, str], after: Order.Status) -> Question | None:
    """How many orders are moved on, and why others are not; `before` has their statuses by id. None if none can be."""
    ready = {Order.Status.PACKED: lifecycle.to_pack, Order.Status.SHIPPED: lifecycle.to_ship}[after]
    moving = list(ready(Order.objects.filter(pk__in=before)).order_by("pk").only("number", "customer_name"))
    if not moving:
        return None
    ids = {order.pk for order in moving}
    left = left_alone([reason(status, after) for pk, status in before.items() if pk not in ids])
    deed = f"Mark {counted(len(moving), 'order')} as {after}"
    return Question(
        title=f"{deed}?",
        sentence=f"Other programs are told.{left}",
        yes=f"Yes, {deed[0].lower()}{deed[1:]}",
        items=[(order.number, order.customer_name) for order in moving[:MOST_ITEMS]],
        more=max(0, len(moving) - MOST_ITEMS),
    )


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
