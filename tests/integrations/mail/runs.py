"""Runs the steps of mail as their tasks do."""

from django.utils import timezone

from integrations.mail import tasks
from orders.models import Order, Step

TASKS = {
    "mail": tasks.confirm_order,
    "mail_shipped": tasks.tell_of_shipping,
    "mail_cancel": tasks.tell_of_cancellation,
}


def run(order: Order, name: str = "mail") -> Step:
    """As a message does; returns the step's row."""
    TASKS[name](order.pk)
    return order.steps.get(name=name)


def again(order: Order, name: str = "mail") -> Step:
    """As the sweeper does when it is due."""
    order.steps.filter(name=name, state=Step.State.WAITING).update(state=Step.State.QUEUED, due_at=timezone.now())
    return run(order, name)
