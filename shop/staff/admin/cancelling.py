"""Cancels orders from the admin: first the question that names what has run already, then the deed."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from orders import lifecycle
from orders.errors import NotCancellable
from orders.models import Order, Step
from shop.staff.admin.confirmation import MOST_ITEMS, Question, ask, confirmed, counted, go_back
from shop.staff.admin.history import HistoryAdmin

FINAL = (Order.Status.CANCELLED, Order.Status.SHIPPED)


def may_be_cancelled(order: Order) -> bool:
    return order.status not in FINAL


def cancel(model_admin: HistoryAdmin, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse:
    """Asks, and cancels `orders` once confirmed. Shipped and cancelled ones are left alone."""
    chosen = orders.exclude(status__in=FINAL)
    if not chosen.exists():
        model_admin.message_user(request, "Shipped and cancelled orders can't be cancelled.", messages.WARNING)
        return go_back(request)
    if not confirmed(request):
        return ask(request, model_admin, question(chosen))
    for order in chosen:
        _cancel(model_admin, request, order)
    return go_back(request)


def _cancel(model_admin: HistoryAdmin, request: HttpRequest, order: Order) -> None:
    try:
        ran = lifecycle.cancel_order(order.pk, by=request.user.get_username())
    except NotCancellable as error:
        model_admin.message_user(request, str(error), messages.WARNING)
        return
    undo = f" Please undo what has happened: {names(ran)}." if ran else " Nothing had happened yet."
    level = messages.WARNING if ran else messages.SUCCESS
    model_admin.message_user(request, f"{order.number} is cancelled.{undo}", level)


def question(orders: QuerySet[Order]) -> Question:
    """Names what has run already, so that staff know what they will have to undo."""
    count = orders.count()
    shown = [(order.number, lifecycle.steps_that_ran(order)) for order in orders[:MOST_ITEMS]]
    return Question(
        title=f"Cancel {counted(count, 'order')}?",
        sentence="What has not run is stopped, and this can't be taken back. What has run stays, until you undo it:",
        yes=f"Yes, cancel {counted(count, 'order')}",
        items=[(number, f"already happened: {names(ran)}" if ran else "nothing has happened") for number, ran in shown],
        more=max(0, count - MOST_ITEMS),
    )


def names(steps: list[Step]) -> str:
    """ "sap (done, 4711), printing (running)" """
    return ", ".join(f"{step.name} ({step.state}{step.reference and f', {step.reference}'})" for step in steps)
