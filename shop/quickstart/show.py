"""What a first look shows: orders, their slips, addresses. What it can't show it says, and goes on."""

import json
import time
from collections.abc import Sequence

from django.conf import settings

from orders.database import outage
from orders.models import Order
from shop.quickstart import customers, first_data
from shop.quickstart.following import NotDone, short, steps, wait_for, what_came_out
from shop.quickstart.local_desk import Desk
from shop.quickstart.processes import Process, StartFailed
from shop.quickstart.terminal import part, say, styled

PATIENCE = 60.0  # seconds, for all orders of the show together


def one_order(desk: Desk) -> None:
    """The tutorial's order, from POST to slip. Raises StartFailed where that is as far as it gets."""
    with part("Order") as shown:
        placed = customers.place(desk.url, customers.order_of(customers.TUTORIAL))
        shown.note = f"{placed.number}, POST took {placed.milliseconds:.0f} ms"
    with part("Steps") as shown:
        try:
            done = wait_for(placed.number, until=time.monotonic() + PATIENCE)
        except NotDone as error:
            raise StartFailed(error.message, desk.processes["worker"].tail()) from error
        shown.note = f"all {len(done)} are done"
    for step in done:
        say(f"      {step.name:<10} {step.state:<6} {what_came_out(step)}")


def orders(desk: Desk, watch: "Watch", *, first: bool) -> None:
    """A few orders at the first start, one later; then their slips as they appear."""
    say(f"\n{styled('Orders', 'bold')}")
    placed = [number for wish in customers.WISHES[: None if first else 1] if (number := order(desk, wish))]
    if not placed:
        return
    say(f"\n{styled('Slips', 'bold')}")
    until = time.monotonic() + PATIENCE
    for number in placed:
        slip_of(number, watch, until=until)


def order(desk: Desk, wish: customers.Wish) -> str:
    """Its number, or "" if it could not be placed."""
    try:
        placed = customers.place(desk.url, customers.order_of(wish))
    except (StartFailed, *outage.AWAY) as error:
        say(f"  No order of {wish.customer_name}: {error}")
        return ""
    say(f"  {placed.number}  POST took {placed.milliseconds:3.0f} ms  {wish.customer_name}")
    return placed.number


def slip_of(number: str, watch: "Watch", *, until: float) -> None:
    try:
        wait_for(number, until=until)
        watch.look()
    except NotDone as error:
        say(f"  {error.message}")
    except outage.AWAY as error:
        say(f"  {number}: the database does not answer ({outage.describe(error)})")


def slip(number: str) -> None:
    references = {step.name: what_came_out(step) for step in steps(number)}
    sap = f"SAP {references['sap']}" if "sap" in references else ""
    say(f"  {number}  {sap:<15} {references.get('printing', 'no slip: printing is off')}")


def addresses(desk: Desk, password: str) -> None:
    say(f"""
{styled("Have a look", "bold")}
  Admin    {desk.url}/admin/    user {styled(first_data.ADMIN, "bold")}, password {styled(password, "bold")}
  Sandbox  {desk.sandbox_url}/    what SAP and marketing got; make them fail there
  Slips    {short(settings.SPOOL_DIR)}/
  Logs     {short(desk.logs)}/
{placing(desk)}
For this machine alone: gunicorn must not face the world by itself (docs/operations.md).
Ctrl-C stops everything; the data stays in {short(settings.VAR_DIR)}/. New slips appear below.
""")


def placing(desk: Desk) -> str:
    """How to place an order of what is on sale now."""
    try:
        body = json.dumps(customers.order_of(customers.TUTORIAL), ensure_ascii=False)
    except StartFailed as error:
        return f"\n{error.message}\n"
    return f"""
{styled("Place one yourself", "bold")}
  curl {desk.url}/order -H 'Content-Type: application/json' \\
       -d '{body}'
"""


class Watch:
    """Shows each order that gets settled from now on, once."""

    def __init__(self) -> None:
        self.shown = set(Order.objects.filter(settled_at__isnull=False).values_list("pk", flat=True))
        self.trouble = ""

    def look(self) -> None:
        try:
            settled = Order.objects.filter(settled_at__isnull=False)
            for row in settled.exclude(pk__in=self.shown).order_by("pk"):
                slip(row.number)
                self.shown.add(row.pk)
        except outage.AWAY as error:
            self._tell(f"The database does not answer ({outage.describe(error)}); new slips are shown once it does.")
        else:
            self._tell("")

    def _tell(self, trouble: str) -> None:
        """Once, not twice a second."""
        if trouble and not self.trouble:
            say(f"  {trouble}")
        self.trouble = trouble


def slips(desk: Desk, watch: Watch, beside: Sequence[Process]) -> None:
    """As they appear, until interrupted. Raises StartFailed if a process ends by itself."""
    while True:
        watch.look()
        for process in (*desk.processes.values(), *beside):
            if not process.running:
                raise StartFailed(f"{process.name} ended with code {process.exit_code}.", process.tail())
        time.sleep(0.5)
