"""The desk's own tasks, on the queue `orders`."""

from celery import shared_task

from orders import services, sweeper


@shared_task
def settle_order(order_id: int) -> None:
    """The chord's body: makes the order processed once all its steps are done, if the last of them has not done so."""
    services.settle(order_id)


@shared_task
def sweep_steps() -> None:
    """Closes gaps between steps and messages: see `orders.sweeper`."""
    sweeper.sweep()


@shared_task
def settle_complete_orders() -> None:
    """Settles orders whose last step was not recorded by a worker: see `orders.sweeper`."""
    sweeper.settle_complete()
