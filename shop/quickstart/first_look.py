"""A first look at a desk: its parts are started, orders are placed, slips appear; in the end all of it is stopped."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from orders.models import Order
from shop.quickstart import customers, first_data
from shop.quickstart.broker import Broker
from shop.quickstart.local_desk import Desk
from shop.quickstart.ports import answers
from shop.quickstart.processes import StartFailed
from shop.quickstart.terminal import part, say, styled


def run(port: int, sandbox_port: int, broker: Broker | None, *, once: bool) -> None:
    """Returns when `once` is done; else runs until interrupted. Leaves no process either way, but for the `broker`."""
    with alone(settings.VAR_DIR):
        desk = Desk(settings.VAR_DIR, os.environ, port=port, sandbox_port=sandbox_port)
        say(styled(f"{settings.SHOP_NAME}: a first look", "bold"))
        try:
            first = not Path(settings.VAR_DIR / "admin_password").exists()
            if broker:
                broker.start_part(settings.VAR_DIR / "rabbitmq.env")
            password = start_parts(desk)
            if once:
                show_one_order(desk)
                return
            show_orders(desk, first=first)
            if broker:
                broker.show()
            show_addresses(desk, password)
            watch(desk, broker)
        except KeyboardInterrupt:
            say()
            raise
        finally:
            stop(desk)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Raises StartFailed while another first start uses the same folder."""
    with (folder / "quickstart.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = (
                f"Another bin/quickstart is running with {folder}. Stop it, or set SHOP_VAR_DIR to another folder."
            )
            raise StartFailed(message) from error
        yield


def start_parts(desk: Desk) -> str:
    """Starts everything; returns the admin's password."""
    with part("Database") as shown:
        first_data.migrate()
        shown.note = database_name()
    with part("Catalogue") as shown:
        shown.note = f"{first_data.catalogue()} products"
        password = first_data.admin_password(settings.VAR_DIR / "admin_password")
    with part("Sandbox") as shown:
        desk.start_sandbox()
        shown.note = f"stand-ins for SAP and marketing, {desk.sandbox_url}/"
    with part("Web server") as shown:
        desk.start_web()
        shown.note = f"gunicorn, {desk.url}/"
    with part("Worker") as shown:
        require_broker()
        desk.start_worker()
        shown.note = f"celery -A shop worker, {broker_name()}"
    return password


def require_broker() -> None:
    """Raises StartFailed if RabbitMQ can't be reached: a worker would wait for it, and the first look with it."""
    if settings.BROKER_EMBEDDED:
        return
    brokers = [urlsplit(url) for url in settings.BROKER_URL.split(";")]
    if not any(answers(broker.port or 5672, broker.hostname or "localhost") for broker in brokers):
        places = ", ".join(f"{broker.hostname}:{broker.port or 5672}" for broker in brokers)
        raise StartFailed(f"nothing listens at {places} (SHOP_BROKER_URL).")


def database_name() -> str:
    if settings.DATABASE_EMBEDDED:
        return f"SQLite, embedded: {customers.short(Path(settings.DATABASES['default']['NAME']))}"
    database = settings.DATABASES["default"]
    return f"{database['NAME']} at {database['HOST'] or 'localhost'}"


def broker_name() -> str:
    if settings.BROKER_EMBEDDED:
        return f"broker embedded: {customers.short(settings.BROKER_DIR)}/"
    return f"broker at {urlsplit(settings.BROKER_URL.split(';')[0]).hostname}"


def show_one_order(desk: Desk) -> None:
    """The tutorial's order, from POST to slip."""
    with part("Order") as shown:
        placed = customers.place(desk.url, customers.TUTORIAL)
        shown.note = f"{placed.number}, POST took {placed.milliseconds:.0f} ms"
    with part("Steps") as shown:
        try:
            steps = customers.wait_for(placed.number)
        except StartFailed as error:
            raise StartFailed(error.message, desk.processes["worker"].tail()) from error
        shown.note = f"all {len(steps)} are done"
    for step in steps:
        say(f"      {step.name:<10} {step.state:<6} {customers.what_came_out(step)}")


def show_orders(desk: Desk, *, first: bool) -> None:
    """A few orders at the first start, one later; then their slips as they appear."""
    orders = customers.FIRST_ORDERS if first else customers.FIRST_ORDERS[:1]
    say(f"\n{styled('Orders', 'bold')}")
    placed = [(order["customer_name"], customers.place(desk.url, order)) for order in orders]
    for name, order in placed:
        say(f"  {order.number}  POST took {order.milliseconds:3.0f} ms  {name}")
    say(f"\n{styled('Slips', 'bold')}")
    for _, order in placed:
        customers.wait_for(order.number)
        show_slip(order.number)


def show_slip(number: str) -> None:
    references = {step.name: customers.what_came_out(step) for step in customers.steps(number)}
    sap = f"SAP {references['sap']}" if "sap" in references else ""
    say(f"  {number}  {sap:<15} {references.get('printing', 'no slip: printing is off')}")


def show_addresses(desk: Desk, password: str) -> None:
    order = '{"customer_name": "Helgi Möller", "products_ids": [2, 4, 42]}'
    say(f"""
{styled("Have a look", "bold")}
  Admin    {desk.url}/admin/    user {styled(first_data.ADMIN, "bold")}, password {styled(password, "bold")}
  Sandbox  {desk.sandbox_url}/    what SAP and marketing got; make them fail there
  Slips    {customers.short(settings.SPOOL_DIR)}/
  Logs     {customers.short(desk.logs)}/

{styled("Place one yourself", "bold")}
  curl {desk.url}/order -H 'Content-Type: application/json' \\
       -d '{order}'

Ctrl-C stops everything; the data stays in {customers.short(settings.VAR_DIR)}/. New slips appear below.
""")


def watch(desk: Desk, broker: Broker | None) -> None:
    """Shows each order that gets processed, until interrupted. Raises StartFailed if a process ends by itself."""
    processes = [*desk.processes.values()] + ([broker.process] if broker else [])
    shown = set(Order.objects.filter(settled_at__isnull=False).values_list("pk", flat=True))
    while True:
        for order in Order.objects.filter(settled_at__isnull=False).exclude(pk__in=shown).order_by("pk"):
            show_slip(order.number)
            shown.add(order.pk)
        for process in processes:
            if not process.running:
                raise StartFailed(f"{process.name} ended with code {process.exit_code}.", process.tail())
        time.sleep(0.5)


def stop(desk: Desk) -> None:
    """Ends all processes with SIGTERM; a second Ctrl-C sends SIGKILL."""
    if not any(process.running for process in desk.processes.values()):
        return
    say("Stopping …")
    try:
        desk.stop()
    except KeyboardInterrupt:
        desk.kill()
    say(f"Everything is stopped; the data stays in {customers.short(settings.VAR_DIR)}/.")
