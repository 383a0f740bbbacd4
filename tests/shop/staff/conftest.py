"""Staff who are logged in and click, and orders in the states they meet."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from orders.models import Order, Step
from printing.models import Printer, PrintJob
from shop.staff.roles import make_roles
from tests.factories import make_order

WHY = "Upgrade until noon."


def staff(role: str) -> Client:
    """Somebody of that role, logged in; "" is a superuser."""
    make_roles()
    user = User.objects.create_user(role or "boss", password="x", is_staff=True, is_superuser=not role)
    if role:
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, model: str, action: str, *rows: Any, **more: str) -> Any:
    """Chooses rows of a list, e.g. "orders/order", and starts an action: the page that comes.

    With `confirmed="yes"` a reason is given, too, for actions that ask for one.
    """
    if "confirmed" in more:
        more.setdefault("reason", WHY)
    data = {"action": action, "_selected_action": [row.pk for row in rows]} | more
    return client.post(f"/admin/{model}/", data, follow=True)


def park(order: Order, name: str = "sap", **values: Any) -> Step:
    step = order.steps.get(name=name)
    values = {"state": "parked", "reason": "SAP knows no such material.", "finished_at": timezone.now()} | values
    Step.objects.filter(pk=step.pk).update(**values)
    return step


def settle(order: Order, status: str = "processed") -> None:
    order.steps.update(state="done", reference="4711", finished_at=timezone.now())
    Order.objects.filter(pk=order.pk).update(status=status, settled_at=timezone.now())


@pytest.fixture
def boss(db: None) -> Client:
    return staff("")


@pytest.fixture
def picker(db: None) -> Client:
    return staff("warehouse")


@pytest.fixture
def order(db: None) -> Order:
    return make_order()


@pytest.fixture
def printer(db: None) -> Printer:
    return Printer.objects.create(
        name="Gate 3",
        url="ipp://cups.lan/printers/slips",
        state="printing",
        blocked=True,
        reasons="It is out of paper.",
        polled_at=timezone.now(),
        oldest_job_at=timezone.now() - timedelta(minutes=12),
    )


@pytest.fixture
def job(printer: Printer) -> PrintJob:
    """Nobody knows whether it was printed; its order's only step waits for the answer."""
    order = make_order(steps=["printing"])
    order.steps.update(state="parked")
    return PrintJob.objects.create(order=order, printer=printer, state="unknown", reason="No answer.")
