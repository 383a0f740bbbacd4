"""Places orders as a customer's program would, and follows them to the slip."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from orders.models import Order, Step
from shop.quickstart.processes import StartFailed

TUTORIAL: dict[str, Any] = {"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}
FIRST_ORDERS: list[dict[str, Any]] = [
    TUTORIAL,
    {"customer_name": "Łukasz Żółć", "products_ids": [11, 14, 15, 16]},
    {"customer_name": "李小龙", "lines": [{"product_id": 8, "quantity": 3}, {"product_id": 5, "quantity": 1}]},
    {"customer_name": "Олег Петров", "products_ids": [19, 23, 27, 31, 57, 58], "note": "Подарок"},
    {"customer_name": "محمد العلي", "products_ids": [10, 10, 46]},
    {"customer_name": "김철수", "lines": [{"product_id": 37, "quantity": 12}, {"product_id": 59, "quantity": 2}]},
]


@dataclass(frozen=True)
class Placed:
    number: str
    milliseconds: float


def place(url: str, order: dict[str, Any]) -> Placed:
    """POSTs an order; raises StartFailed with the desk's own words if it does not answer 201."""
    body = json.dumps(order).encode()
    request = urllib.request.Request(f"{url}/order", body, {"Content-Type": "application/json"})  # noqa: S310
    started = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            number = json.load(answer)["order_num"]
    except urllib.error.HTTPError as error:
        raise StartFailed(f"POST /order answered {error.code}: {error.read().decode(errors='replace')}") from error
    except OSError as error:
        raise StartFailed(f"POST /order: {error}") from error
    return Placed(number, (time.monotonic() - started) * 1000)


def steps(number: str) -> list[Step]:
    """The order's steps, in the order they are listed in the settings."""
    names = list(settings.ENABLED_STEPS)
    return sorted(Step.objects.filter(order__number=number), key=lambda step: names.index(step.name))


def wait_for(number: str, patience: float = 60) -> list[Step]:
    """Waits until the order is settled; raises StartFailed naming what is not done."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if Order.objects.filter(number=number, settled_at__isnull=False).exists():
            return steps(number)
        if parked := [step for step in steps(number) if step.state == Step.State.PARKED]:
            raise StartFailed(f"Step {parked[0].name} of {number} is parked: {parked[0].reason}")
        time.sleep(0.1)
    late = [f"{step.name} is {step.state} {step.reason}".strip() for step in steps(number) if step.state != "done"]
    raise StartFailed(f"{number} was not done after {patience:g} seconds: {'; '.join(late) or 'not settled'}")


def what_came_out(step: Step) -> str:
    """SAP's number, the event's id, or the slip's path."""
    if step.name != "printing":
        return step.reference
    found = [path for path in settings.SPOOL_DIR.rglob(step.reference) if path.is_file()] if step.reference else []
    if not found:
        raise StartFailed(f"The slip {step.reference or '(unnamed)'} is not in {settings.SPOOL_DIR}")
    return short(found[0])


def short(path: Path) -> str:
    """Relative to the current folder where it is in it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
