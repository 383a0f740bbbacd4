"""The desk's own tasks, on the queue `orders`."""

from celery import shared_task

from orders import services, sweeper


@shared_task
def settle_order(order_id: int) -> None:
    """The chord's body: makes the order processed once all its steps are done. It runs where a step ended."""
    services.settle(order_id)


@shared_task
def sweep_steps() -> None:
    """Closes gaps between steps and messages: see `orders.sweeper`."""
    sweeper.sweep()


@shared_task
def settle_complete_orders() -> None:
    """Closes the gap a worker leaves that dies between an order's last step and its settling."""
    sweeper.settle_complete()
