"""The queue `printing`: a pick slip for every order, and the periodic look at the printers."""

from celery import shared_task

from orders.steps import run_step, why_held
from printing import (
    STEP,
    jobs,
    list_jobs,
    polling,
    warm,  # noqa: F401 - A worker imports this file; so `warm` can draw a page before the worker forks.
)


@shared_task(name="printing.tasks.print_slip")
def print_slip(order_id: int) -> bool:
    return run_step(order_id, STEP, jobs.print_slip)


@shared_task(name="printing.tasks.watch_printers")
def watch_printers() -> None:
    """Asks the printers how they are (see `printing.polling`), and prints the pick lists that were asked for."""
    if not why_held():  # A copy's printers are another desk's.
        polling.poll_due_printers()
        list_jobs.go_on()
