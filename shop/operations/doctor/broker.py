"""The broker: its version, whether it takes messages, its queues as the desk declares them, who consumes them."""

from collections.abc import Mapping

from django.conf import settings

from orders.messaging import management, probing
from orders.messaging.looking import BrokerAway, is_desks
from orders.messaging.management import NotTold
from shop.operations.doctor.finding import BROKEN, OK, WARNING, Finding, Findings
from shop.operations.queues.view import view

NAME = "broker"
TRIED = "3.10.8 (Debian 12)"


def check(until: float) -> Findings:
    if settings.BROKER_EMBEDDED:
        yield Finding(NAME, OK, "Embedded: messages are files of the desk's own, for one machine.")
        return
    try:
        found = probing.probe()
    except BrokerAway as error:
        yield Finding(
            NAME,
            BROKEN,
            f"It does not answer: {str(error).rstrip('.')}.",
            "Is it running, and is SHOP_BROKER_URL right?",
        )
        return
    yield from _about(found)
    yield from _queues()
    yield from _others()


def _about(found: probing.Probed) -> Findings:
    tried = "" if found.version in TRIED else f" The desk was tried with {TRIED}."
    yield Finding(NAME, OK, f"{found.product} {found.version}, {found.cluster}.{tried}")
    if found.refuses:
        said = f"It takes no messages: {found.refuses}."
        yield Finding(NAME, BROKEN, said, "An alarm (memory, disk)? `rabbitmq-diagnostics alarms` says which.")


def _queues() -> Findings:
    """As `manage.py queues` has them."""
    found = view()
    if found.away:
        yield Finding(
            NAME, BROKEN, f"It does not answer: {found.broker.rstrip('.')}.", "`manage.py queues` looks again."
        )
        return
    warnings = [said for said in found.warnings if not said.startswith("The database")]
    for said in warnings:
        yield Finding(NAME, WARNING, said)
    if not warnings:
        yield Finding(NAME, OK, f"{len(found.queues)} queues, declared as the desk does, and consumed by its workers.")


def _others() -> Findings:
    if not settings.BROKER_MANAGEMENT_URL:
        yield Finding(NAME, OK, "Other programs' queues were not looked for: SHOP_BROKER_MANAGEMENT_URL is not set.")
        return
    try:
        others = {name: told for name, told in sorted(management.ask().items()) if not is_desks(name)}
    except NotTold as error:
        said = f"The management API does not answer: {error}."
        yield Finding(NAME, WARNING, said, "Is SHOP_BROKER_MANAGEMENT_URL right, and may the user see it?")
        return
    yield from of_others(others)


def of_others(queues: Mapping[str, management.Told]) -> Findings:
    """Other programs may have queues there. One that nobody reads fills up."""
    alone = [name for name, told in queues.items() if told.consumers == 0]
    read = [name for name, told in queues.items() if told.consumers]  # (None: not told yet, of a queue that is new.)
    if alone:
        said = f"Nobody reads these queues in the virtual host, which are none of the desk's: {_some(alone)}."
        yield Finding(NAME, WARNING, said, "Start the program that they belong to, or delete them.")
    if read:
        yield Finding(NAME, OK, f"Other programs read queues of their own in the virtual host: {_some(read)}.")
    if not queues:
        yield Finding(NAME, OK, "There are no other queues in the virtual host.")


def _some(names: list[str], most: int = 10) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
