"""The queue `printing`: a pick slip for every order, and a look at the printers now and then."""

from celery import shared_task

from orders.steps import run_step
from printing import jobs, watch
from printing.warm import warm_up

__all__ = ["print_slip", "warm_up", "watch_printers"]


@shared_task
def print_slip(order_id: int) -> bool:
    return run_step(order_id, jobs.STEP, jobs.print_slip)


@shared_task
def watch_printers() -> None:
    """Asks the printers how they are: see `printing.watch`."""
    watch.watch()
