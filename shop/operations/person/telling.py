"""Everything about a person as JSON can have it."""

from collections.abc import Iterable
from typing import Any

from django.forms.models import model_to_dict

from integrations.models import Purchase
from orders.models import Attempt, Deed, Order
from printing.models import PrintJob
from shop.operations.person import elsewhere, mentions, slips
from shop.operations.person.fields import KEPT, PERSONAL

NOT_FOR_OTHERS = {"idempotency_key", "fingerprint"}  # hashes that say nothing to anybody


def export(orders: Iterable[Order], email: str = "") -> dict[str, Any]:
    """`email`: whose, where there may be no order with it (any more)."""
    orders = list(orders)
    values = [*mentions.of_email(email), *(value for order in orders for value in mentions.telling(order))]
    return {
        "orders": [_order(order) for order in orders],
        "dead_letters": [_letter(letter) for letter in mentions.letters(values)],
        "elsewhere": elsewhere.always(),
    }


def _order(order: Order) -> dict[str, Any]:
    told = {name: getattr(order, name) for name in sorted({*PERSONAL, *KEPT} - NOT_FOR_OTHERS)}
    times = ("created_at", "updated_at", "settled_at", "packed_at", "shipped_at", "cancelled_at")
    return {
        **told,
        **{name: getattr(order, name) for name in times},
        "total": order.amount,
        "lines": [
            {"sku": line.sku, "name": line.name, "quantity": line.quantity, "price": line.amount}
            for line in order.lines.all()
        ],
        "steps": list(order.steps.order_by("pk").values("name", "state", "finished_at", "reference", "warning")),
        "attempts": list(_attempts(order)),
        "parcels": list(order.shipments.values("carrier", "tracking_number", "created_at")),
        "events": list(order.events.order_by("seq").values("seq", "type", "at", "step", "data")),
        "history": list(Deed.objects.filter(order=order).order_by("pk").values("at", "by", "what", "name", "detail")),
        "print_jobs": [model_to_dict(job, fields=["state", "job_id", "reason"]) for job in _jobs(order)],
        "slips": slips.names(order),
        "statistics": list(Purchase.objects.filter(order=order).values("day", "customer", "currency", "pieces")),
        "elsewhere": list(elsewhere.of(order)),
    }


def _attempts(order: Order) -> Iterable[Any]:
    rows = Attempt.objects.filter(step__order=order).order_by("pk")
    return rows.values("step__name", "number", "started_at", "outcome", "code", "answer")


def _jobs(order: Order) -> Iterable[PrintJob]:
    return PrintJob.objects.filter(order=order).order_by("pk")


def _letter(letter: Any) -> dict[str, Any]:
    body = bytes(letter.body).decode("utf-8", "replace")
    return {"arrived_at": letter.arrived_at, "queue": letter.queue, "reason": letter.reason, "body": body}
