"""The periodic task, in the workers' clock."""

from celery import shared_task

from orders.steps.instance import is_held
from shop.staff.attention import causes, sending
from shop.staff.needs import needs


@shared_task(name="shop.staff.attention.tasks.tell_operators")
def tell_operators() -> None:
    """Decides what operators are told, and tells them. In a copy of another desk's database it does nothing."""
    if is_held():
        return
    causes.take_note(needs())
    sending.send_due()
