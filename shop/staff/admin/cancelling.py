"""Cancels orders from the admin: first the question that names what has run already, then the deed."""

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from orders import lifecycle
from orders.errors import NotCancellable
from orders.models import Order, Step
from shop.staff import held
from shop.staff.admin.confirmation import (
    MOST_ITEMS,
    Question,
    ask,
    confirmed_with_reason,
    counted,
    go_back,
    reason,
)
from shop.staff.admin.history import HistoryAdmin

SAP_CANCEL = "sap_cancel"  # Without SHOP_SAP_REJECTION_REASON it finds the sales order, and asks a person.
MAIL = "mail"  # Nothing takes a mail back; another one follows it.
FINAL = (Order.Status.CANCELLED, Order.Status.PACKED, Order.Status.SHIPPED)


def may_be_cancelled(order: Order) -> bool:
    return order.status not in FINAL


def cancel(model_admin: HistoryAdmin, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse:
    """Asks, and cancels `orders` once confirmed. Packed, shipped and cancelled ones are left alone."""
    chosen = orders.exclude(status__in=FINAL)
    if confirmed_with_reason(request) or not chosen.exists():
        _tell_of_final(model_admin, request, orders.filter(status__in=FINAL).count())
    if not chosen.exists():
        return go_back(request)
    if not confirmed_with_reason(request):
        return ask(request, model_admin, question(chosen))
    for order in chosen:
        _cancel(model_admin, request, order)
    return go_back(request)


def _tell_of_final(model_admin: HistoryAdmin, request: HttpRequest, number: int) -> None:
    if number:
        text = f"{counted(number, 'order')} left alone: packed, shipped and cancelled orders can't be cancelled."
        model_admin.message_user(request, text, messages.WARNING)


def _cancel(model_admin: HistoryAdmin, request: HttpRequest, order: Order) -> None:
    try:
        ran = lifecycle.cancel_order(order.pk, by=request.user.get_username(), reason=reason(request))
    except NotCancellable as error:
        model_admin.message_user(request, str(error), messages.WARNING)
        return
    follows = consequences(order, ran)
    level = messages.WARNING if follows else messages.SUCCESS
    told = " ".join(follows) or "Nothing had happened yet."
    model_admin.message_user(request, f"{order.number} is cancelled. {told}", level)


def question(orders: QuerySet[Order]) -> Question:
    """Names what has run already and who undoes it, so that staff know what is left to them."""
    count = orders.count()
    shown = [(order.number, consequences(order, lifecycle.steps_that_ran(order))) for order in orders[:MOST_ITEMS]]
    return Question(
        title=f"Cancel {counted(count, 'order')}?",
        sentence="What has not run is stopped, and this can't be taken back. What has run already:",
        yes=f"Yes, cancel {counted(count, 'order')}",
        items=[(number, " ".join(follows) or "Nothing has happened.") for number, follows in shown],
        more=max(0, count - MOST_ITEMS),
        why="Why is it cancelled?" if count == 1 else "Why are they cancelled?",
    )


def consequences(order: Order, ran: list[Step]) -> list[str]:
    """What follows from cancelling an order of which these steps ran: what the desk does, and what is left to people.

    `order` is as it was before.
    """
    mails = [step for step in ran if step.name == MAIL]
    by_desk = [step for step in ran if step not in mails and undone_by_desk(step.name)]
    by_people = [step for step in ran if step not in mails + by_desk]
    sentences = [f"The desk undoes: {names(by_desk)}.{_delay(by_desk)}"] if by_desk else []
    if order.email and mails:
        sentences.append(f"The customer is told by mail.{_delay(mails)}")
    if by_people:
        sentences.append(f"Left to people to undo: {names(by_people)}.")
    if parcels := order.known_shipments:
        sentences.append(f"Keep back: {', '.join(map(str, parcels))}.")
    return sentences


def undone_by_desk(name: str) -> bool:
    """True if the desk undoes a step of this name without a person."""
    undoing = lifecycle.undoing([name])
    return bool(undoing) and (undoing != [SAP_CANCEL] or bool(settings.SAP.rejection_reason))


def _delay(steps: list[Step]) -> str:
    """When the desk undoes it, if not now."""
    reasons = held.why_all()
    whys = {reasons[step.name] for step in steps if step.name in reasons}
    return "".join(f" That is held: {why}." for why in sorted(whys))


def names(steps: list[Step]) -> str:
    """ "sap (done, 4711), printing (running)" """
    return ", ".join(f"{step.name} ({step.state}{step.reference and f', {step.reference}'})" for step in steps)
