"""The desk's own tasks, on the queue `desk`."""

from celery import shared_task
from django.conf import settings

from orders import rates, totals
from orders.events import history, publisher
from orders.messaging import dead_letters, declaring, workers
from orders.outbox import relay
from orders.steps import instance, set_back, settling


@shared_task(name="orders.tasks.settle_order")
def settle_order(order_id: int) -> None:
    """The chord's body: settles the order once all its steps are done, if the last of them has not done so."""
    settling.settle(order_id)


@shared_task(name="orders.tasks.sweep_steps")
def sweep_steps() -> None:
    """Closes gaps between steps and messages: see `orders.outbox.relay`."""
    relay.sweep()


@shared_task(name="orders.tasks.go_on_after_set_back")
def go_on_after_set_back() -> None:
    """Steps whose times lie ahead, since the database's clock was set back: see `orders.steps.set_back`."""
    set_back.go_on()


@shared_task(name="orders.tasks.settle_complete_orders")
def settle_complete_orders() -> None:
    """Settles orders whose last step was not recorded by a worker: see `orders.steps.settling`."""
    settling.settle_complete()


@shared_task(name="orders.tasks.prune_dead_letters")
def prune_dead_letters() -> None:
    """Deletes dead letters that are old enough: see `orders.messaging.dead_letters`."""
    dead_letters.prune()


@shared_task(name="orders.tasks.publish_events")
def publish_events() -> None:
    """Publishes what happened to orders: see `orders.events.publisher`. (A message may ask for it where it is off.)"""
    if history.are_published() and not instance.is_held():
        publisher.publish_events()


@shared_task(name="orders.tasks.prune_events")
def prune_events() -> None:
    """Deletes events that are old enough: see `orders.events.history`."""
    history.prune()


@shared_task(name="orders.tasks.prune_rates")
def prune_rates() -> None:
    """Deletes what was counted of rates and is over: see `orders.rates`."""
    if settings.ORDER_RATE:
        rates.prune(rates.read(settings.ORDER_RATE))


@shared_task(name="orders.tasks.forget_workers")
def forget_workers() -> None:
    """Deletes the rows of workers that are long gone: see `orders.messaging.workers`."""
    workers.forget_gone()


@shared_task(name="orders.tasks.declare_queues")
def declare_queues() -> None:
    """Makes anew what somebody deleted on the broker: see `orders.messaging.declaring`."""
    declaring.declare_all()


@shared_task(name="orders.tasks.count_totals")
def count_totals() -> None:
    """Adds up what has happened since the last round, for /metrics: see `orders.totals`."""
    totals.count()
