"""A first look at a desk: its parts are started, orders are placed, slips appear; in the end all of it is stopped."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from shop.quickstart import first_data, show, trouble
from shop.quickstart.broker import Broker
from shop.quickstart.following import short
from shop.quickstart.local_desk import Desk
from shop.quickstart.ports import answers
from shop.quickstart.processes import StartFailed
from shop.quickstart.running import alone, close_to_others
from shop.quickstart.terminal import part, say, styled


def run(port: int, sandbox_port: int, broker: Broker | None, *, once: bool, in_trouble: bool = False) -> None:
    """Returns when `once` is done; else runs until interrupted. Leaves no process either way, but for the `broker`."""
    with alone(settings.VAR_DIR, os.environ):
        close_to_others(settings.VAR_DIR)
        desk = Desk(settings.VAR_DIR, os.environ, port=port, sandbox_port=sandbox_port)
        say(styled(f"{settings.SHOP_NAME}: a first look", "bold"))
        try:
            first = not first_data.kept_password().exists()
            if broker:
                broker.start_part(settings.VAR_DIR / "rabbitmq.env")
            password = start_parts(desk, with_printer=in_trouble)
            if once:
                show.one_order(desk)
                return
            watch = show.Watch()
            if in_trouble:
                trouble.begin(desk)
            else:
                show.orders(desk, watch, first=first)
            if broker:
                broker.show()
            show.addresses(desk, password)
            if in_trouble:
                trouble.walk(desk)
            show.slips(desk, watch, [broker.process] if broker else [])
        except KeyboardInterrupt:
            say()
            raise
        finally:
            stop(desk)


def start_parts(desk: Desk, *, with_printer: bool) -> str:
    """Starts everything; returns the admin's password."""
    with part("Database") as shown:
        first_data.refuse_real_orders()
        aside = first_data.put_aside_what_is_no_database()
        first_data.migrate()
        shown.note = database_name() + (f", made anew: the old one was none ({aside})" if aside else "")
    with part("Catalogue") as shown:
        shown.note = f"{first_data.catalogue()} products"
        password = first_data.admin_password()
    with part("Sandbox") as shown:
        desk.start_sandbox()
        trouble.point_printer(desk.sandbox_port, wanted=with_printer)
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
    brokers = [broker_place(url) for url in settings.BROKER_URL.split(";")]
    if not any(answers(port, host) for host, port in brokers):
        places = ", ".join(f"{host}:{port}" for host, port in brokers)
        raise StartFailed(f"nothing listens at {places} (SHOP_BROKER_URL).")


def broker_place(url: str) -> tuple[str, int]:
    """Host and port; without one the port of AMQP, or of AMQP by TLS."""
    parts = urlsplit(url)
    return parts.hostname or "localhost", parts.port or (5671 if parts.scheme == "amqps" else 5672)


def database_name() -> str:
    if settings.DATABASE_EMBEDDED:
        return f"SQLite, embedded: {short(Path(settings.DATABASES['default']['NAME']))}"
    database = settings.DATABASES["default"]
    return f"{database['NAME']} at {database['HOST'] or 'localhost'}"


def broker_name() -> str:
    if settings.BROKER_EMBEDDED:
        return f"broker embedded: {short(settings.BROKER_DIR)}/"
    return f"broker at {urlsplit(settings.BROKER_URL.split(';')[0]).hostname}"


def stop(desk: Desk) -> None:
    """Ends all processes with SIGTERM; a second Ctrl-C sends SIGKILL."""
    if not any(process.running for process in desk.processes.values()):
        return
    say("Stopping …")
    try:
        desk.stop()
    except KeyboardInterrupt:
        desk.kill()
    say(f"Everything is stopped; the data stays in {short(settings.VAR_DIR)}/.")
