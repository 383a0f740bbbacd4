"""Puts chosen orders on pick lists. If there are too many for one it makes several: nothing has to be chosen anew."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from orders import pick_lists
from orders.models import Order
from orders.models.pick_list import MOST_ORDERS
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, counted, go_back


def list_chosen(model_admin: Any, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse:
    """One list at once, several after a question; leads to the list, or to all of them."""
    fitting = pick_lists.free(pick_lists.unpacked(orders)).order_by("pk")
    count = fitting.count()
    if count > MOST_ORDERS and not confirmed(request):
        return ask(request, model_admin, question(fitting, count, orders.count() - count))
    made = pick_lists.take(orders, by=request.user.get_username())
    left_out(model_admin, request, orders, made)
    if not made:
        return go_back(request)
    if len(made) == 1:
        return redirect("desk:picklist", pk=made[0].pk)
    model_admin.message_user(request, f"Pick lists made: {', '.join(map(str, made))}.", messages.SUCCESS)
    return redirect("desk:picklists")


def question(orders: QuerySet[Order], count: int, left: int) -> Question:
    lists = -(-count // MOST_ORDERS)
    full, rest = divmod(count, MOST_ORDERS)
    sizes = " + ".join([str(MOST_ORDERS)] * full + [str(rest)] * bool(rest))
    told = f"One walk has room for {MOST_ORDERS} orders. These {count} make {lists} lists, the oldest first: {sizes}."
    rest_told = f" {counted(left, 'order')} left out: packed, shipped, cancelled or on a list." if left else ""
    return Question(
        title=f"Make {counted(lists, 'pick list')}?",
        sentence=told + rest_told,
        yes=f"Yes, make {counted(lists, 'pick list')}",
        items=[(order.number, order.customer_name) for order in orders[:MOST_ITEMS]],
        more=max(0, count - MOST_ITEMS),
    )


def left_out(model_admin: Any, request: HttpRequest, orders: QuerySet[Order], made: list[Any]) -> None:
    """Says of those that are on none of the lists that were made why."""
    rest = orders.exclude(pick_list_entries__pick_list__in=made)
    listed = pick_lists.unpacked(rest).count()
    over = rest.count() - listed
    told = [(listed, "not put on another pick list: on an open one already")]
    told += [(over, "not on the pick list: packed, shipped or cancelled")]
    for count, why in told:
        if count:
            model_admin.message_user(request, f"{counted(count, 'order')} {why}.", messages.WARNING)
