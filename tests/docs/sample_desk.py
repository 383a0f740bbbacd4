"""A desk in the middle of a working day, for pictures: forty days of orders, one destination down, a printer empty."""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from orders import lifecycle
from orders.management.commands.demo_catalogue import add_products
from orders.models import Attempt, DeadLetter, Deed, Destination, Order, Product, Step
from printing.models import Printer, PrintJob
from tests.factories import make_order

NAMES = [
    "Helgi Möller", "Inès Carvalho", "Yusuf Demirel", "Wanjiru Otieno", "Agnieszka Wójcik", "Rasmus Lindqvist",
    "Chiara Bellini", "Tadhg Ó Briain", "Noor van den Heuvel", "Freyja Jónsdóttir", "Mateo Quispe Huamán", "Linh Đặng",
    "Freifrau Wilhelmine-Charlotte von der Recke-Volmerstein", "Bo Ek",
]  # fmt: skip
NOTES = ["", "", "", "", "Please ring twice.", "Gift: no invoice in the parcel.", "Leave it with the neighbour."]
MATERIAL = "SAP refused the order: material MAT-0034 unknown in plant 1710 (V1/382)."


def fill(days: int = 40, today: int = 69) -> None:
    """The same desk each time, but for the times, which end now."""
    chance = random.Random(7)
    add_products()
    now = timezone.now()
    ages = [timedelta(days=day, minutes=chance.randrange(720)) for day in range(days, 0, -1) for _ in range(6)]
    ages += [timedelta(minutes=4 + 9 * place) for place in range(today, 0, -1)]
    orders = [one(chance, now - age) for age in ages]
    send_out(orders[: -today + 11], now)
    get_stuck(orders[-today + 11 :], now)


def one(chance: random.Random, at: datetime) -> Order:
    products = chance.sample(list(Product.objects.all()), chance.choice([1, 1, 2, 3, 5]))
    lines = [(product, chance.choice([1, 1, 1, 2, 3, 6])) for product in products]
    return make_order(lines, created_at=at, customer_name=chance.choice(NAMES), note=chance.choice(NOTES))


def send_out(orders: list[Order], now: datetime) -> None:
    """All of it went well: shipped but for the last ones, which are packed."""
    for number, order in enumerate(orders):
        done = order.created_at + timedelta(seconds=4)
        order.steps.update(state="done", reference=str(4_500_017 + number), finished_at=done, started_at=done)
        for step in order.steps.all():
            Attempt.objects.create(
                step=step, number=1, started_at=done, duration=timedelta(seconds=0.3), outcome="done", answer="201"
            )
    numbers = [order.pk for order in orders]
    rows = Order.objects.filter(pk__in=numbers)
    rows.update(
        settled_at=now - timedelta(minutes=30), status="shipped", packed_at=now - timedelta(hours=2), shipped_at=now
    )
    rows.filter(pk__in=numbers[-13:]).update(status="packed", shipped_at=None)
    for order in orders[-20:]:
        Deed.remember(Deed.What.PACKED, [order], by="wim")
    for order in orders[-4:-2]:
        lifecycle.add_shipment(order.pk, "dhl", f"JD0146000123456{order.pk:05}", by="wim")
    rows.filter(pk=numbers[-1]).update(status="processed", packed_at=None)
    with transaction.atomic():
        lifecycle.cancel_order(numbers[-1], by="sara")


def get_stuck(orders: list[Order], now: datetime) -> None:
    """SAP's breaker is open, marketing paused, a printer has no paper, and there is something to look into."""
    printed = timezone.now() - timedelta(minutes=10)
    for order in orders:
        order.steps.update(state="done", finished_at=printed, reference="9231")
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(status="processed", settled_at=printed)
    numbers = [order.pk for order in orders]
    steps = Step.objects.filter(order__in=numbers)
    steps.filter(name="sap", order__in=numbers[-14:]).update(
        state="waiting", attempts=3, reason="HTTP 503: SAP is down for maintenance.", due_at=now + timedelta(minutes=4)
    )
    steps.filter(name="sap", order__in=numbers[5:8]).update(state="parked", attempts=1, reason=MATERIAL)
    steps.filter(name="marketing", order__in=numbers[-7:]).update(state="queued")
    steps.filter(name="printing", order__in=numbers[-6:]).update(state="waiting", reason="Cold store is out of paper.")
    Order.objects.filter(pk__in=numbers[5:8] + numbers[-14:]).update(status="received", settled_at=None)
    Destination.objects.create(
        name="sap", failures=5, open_until=now + timedelta(minutes=4), reason="HTTP 503: SAP is down for maintenance."
    )
    Destination.objects.create(name="marketing", paused=True, paused_by="olga", paused_at=now - timedelta(hours=3))
    printers(orders, now)
    DeadLetter.objects.create(queue="sap", reason="The body is no JSON: it begins with 0xff.", body=b"\xff\x00order 17")


def printers(orders: list[Order], now: datetime) -> None:
    good = Printer.objects.create(
        name="Packing table", url="ipp://cups.lan/printers/packing", station="Table 2", state="idle", polled_at=now
    )
    empty = Printer.objects.create(
        name="Cold store", url="ipp://cups.lan/printers/cold", station="Hall C", state="stopped", blocked=True,
        reasons="It is out of paper.", polled_at=now, oldest_job_at=now - timedelta(minutes=38),
    )  # fmt: skip
    for order in orders[:-6]:
        PrintJob.objects.create(order=order, printer=good, state="done", job_id=f"packing-{order.pk}", finished_at=now)
    for order in orders[-6:-2]:
        PrintJob.objects.create(order=order, printer=empty, state="accepted", job_id=f"cold-{order.pk}")
    for order in orders[-2:]:
        PrintJob.objects.create(order=order, printer=empty, state="unknown", reason="The answer was lost.")
