"""What can be done with orders. Each is one transaction."""

import logging
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from orders.catalogue import on_sale
from orders.errors import NotCancellable, UnknownProducts
from orders.models import Attempt, Destination, Order, OrderLine, Step
from orders.placing_sql import insert_order

log = logging.getLogger(__name__)


def place_order(
    *,
    customer_name: str,
    quantities: Mapping[int, int],
    note: str = "",
    idempotency_key: str | None = None,
    fingerprint: str = "",
) -> Order:
    """Saves an order of `quantities` (pieces by product id), its lines in that sequence, and one step per destination.

    Raises UnknownProducts for ids that do not exist or are inactive. The steps are the outbox: once this returns,
    everything will happen, whatever becomes of the messages.
    """
    products = on_sale(quantities)
    if missing := quantities.keys() - products.keys():
        raise UnknownProducts(missing)
    order = Order(
        customer_name=customer_name,
        note=note,
        currency=settings.CURRENCY,
        total=sum(products[product].price * quantity for product, quantity in quantities.items()),
        idempotency_key=idempotency_key,
        fingerprint=fingerprint,
    )
    lines = [
        OrderLine(
            order=order,
            position=position,
            product=products[product],
            sku=products[product].sku,
            name=products[product].name,
            price=products[product].price,
            quantity=quantity,
        )
        for position, (product, quantity) in enumerate(quantities.items(), start=1)
    ]
    due_at = timezone.now() + settings.STEP_GRACE
    insert_order(order, lines, [Step(order=order, name=name, due_at=due_at) for name in settings.ENABLED_STEPS])
    return order


def settle(order_id: int) -> bool:
    """Makes an order `processed` if it is received and all its steps are done; True if this call did it.

    The last step to be done does so itself (`orders.steps.claims.finish`); this is for whoever makes up for it.
    """
    undone = Step.objects.filter(order=OuterRef("pk")).exclude(state=Step.State.DONE)
    received = Order.objects.filter(~Exists(undone), pk=order_id, status=Order.Status.RECEIVED)
    return bool(received.update(status=Order.Status.PROCESSED, settled_at=timezone.now()))


@transaction.atomic
def cancel_order(order_id: int, *, by: str) -> list[Step]:
    """Stops what has not run, and has what ran undone where CANCEL_STEPS says how.

    Returns the steps that ran, run now, or may have run: the rest of them somebody has to undo. A cancelled order can
    be cancelled again, with the same answer. Raises NotCancellable once it is shipped.
    """
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.status == Order.Status.SHIPPED:
        raise NotCancellable(order.number)
    orderly = order.steps.exclude(name__in=settings.CANCEL_STEPS)
    orderly.filter(state__in=Step.STOPPABLE).update(state=Step.State.CANCELLED)
    ran = steps_that_ran(order)  # After the update, which waits for workers that claim a step at this moment.
    if order.status != Order.Status.CANCELLED:
        Step.objects.bulk_create(
            Step(order=order, name=name, due_at=timezone.now()) for name in undoing(step.name for step in ran)
        )
        order.status, order.cancelled_at = Order.Status.CANCELLED, timezone.now()
        order.save(update_fields=["status", "cancelled_at"])
        log.info("order %s cancelled by %s", order.number, by)
    return ran


def undoing(names: Iterable[str]) -> list[str]:
    """The steps that undo steps of these names at their destinations, as far as the shop has such."""
    return [cancel for name in names if (cancel := f"{name}_cancel") in settings.CANCEL_STEPS]


def steps_that_ran(order: Order) -> list[Step]:
    """The order's steps whose effect happened, or may have: done, running, or sent without an answer."""
    unclear = Attempt.objects.filter(outcome__in=[Attempt.Outcome.UNKNOWN, Attempt.Outcome.LOST])
    happened = Q(state__in=[Step.State.DONE, Step.State.RUNNING]) | Q(attempt_log__in=unclear)
    return list(order.steps.exclude(name__in=settings.CANCEL_STEPS).filter(happened).distinct())


def resend(steps: QuerySet[Step], *, by: str) -> int:
    """Sends parked and waiting steps of live orders again, at once and with a fresh schedule; returns how many.

    Done steps are left alone: what has happened must not happen twice.
    """
    again = resendable(steps).update(
        state=Step.State.QUEUED, due_at=timezone.now(), failures=0, reason="", next_action=""
    )
    log.info("%d steps sent again by %s", again, by)
    return again


def resendable(steps: QuerySet[Step]) -> QuerySet[Step]:
    """Those of `steps` that `resend` would send."""
    return Step.objects.filter(
        pk__in=steps.order_by().values("pk"), state__in=[Step.State.PARKED, Step.State.WAITING]
    ).exclude(~Q(name__in=settings.CANCEL_STEPS), order__status=Order.Status.CANCELLED)


def done_by_hand(steps: QuerySet[Step], *, by: str) -> int:
    """Marks parked steps as done: a person has seen to them at the destination. Returns how many.

    The order is settled by the sweeper if nothing else is open.
    """
    done = Step.objects.filter(pk__in=steps.order_by().values("pk"), state=Step.State.PARKED).update(
        state=Step.State.DONE, finished_at=timezone.now(), reference=f"by hand, {by}"[:200], reason="", next_action=""
    )
    log.info("%d steps marked as done by %s", done, by)
    return done


def pause(name: str, *, by: str) -> None:
    """Holds a destination's steps in the database until `resume`."""
    Destination.objects.update_or_create(
        name=name, defaults={"paused": True, "paused_by": by, "paused_at": timezone.now()}
    )
    log.info("destination %s paused by %s", name, by)


def resume(name: str) -> None:
    """Lets a destination's steps go on; the sweeper releases them as its queue has room."""
    Destination.objects.filter(name=name).update(paused=False, paused_by="", paused_at=None)
    log.info("destination %s goes on", name)


def close_breaker(name: str) -> None:
    """Lets all steps try again, without waiting for the probe."""
    Destination.objects.filter(name=name).update(failures=0, trips=0, open_until=None, probe=None, reason="")


def held_steps(name: str) -> QuerySet[Step]:
    """The steps that wait for a paused or broken destination."""
    return Step.objects.filter(name=name, state__in=[Step.State.QUEUED, Step.State.WAITING])


@transaction.atomic
def advance(orders: QuerySet[Order], before: Order.Status, after: Order.Status, *, by: str) -> list[int]:
    """Moves those of `orders` that are `before` on to `after`, e.g. processed to packed; returns their ids."""
    moving = list(orders.filter(status=before).order_by("pk").select_for_update().values_list("pk", flat=True))
    Order.objects.filter(pk__in=moving).update(status=after)
    log.info("%d orders marked as %s by %s", len(moving), after, by)
    return moving
