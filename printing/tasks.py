"""The queue `printing`: a pick slip for every order, and a look at the printers now and then."""

from celery import shared_task

from orders.steps import run_step
from printing import jobs
from printing import polling as watch
from printing.warm import warm_up

__all__ = ["print_slip", "warm_up", "watch_printers"]


@shared_task(name="printing.tasks.print_slip")
def print_slip(order_id: int) -> bool:
    return run_step(order_id, jobs.STEP, jobs.print_slip)


@shared_task(name="printing.tasks.watch_printers")
def watch_printers() -> None:
    """Asks the printers how they are: see `printing.polling`."""
    watch.watch()
