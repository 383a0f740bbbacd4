"""What can go wrong with the mail server."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.cases import fault
from tests.faults.world import World, wait_for
from tests.integrations.mail.mail_server import MailServer
from tests.integrations.mail.running_mail_server import running

OPEN = "SELECT count(*) FROM orders_step WHERE name = 'mail' AND state NOT IN ('done', 'parked')"
PARKED = (
    "SELECT o.number, s.reference FROM orders_step s JOIN orders_order o ON o.id = s.order_id WHERE s.state = 'parked'"
)
# As a person does who has looked into the mail server's log.
BY_HAND = "UPDATE orders_step SET state = 'done', finished_at = now() WHERE name = 'mail' AND state = 'parked'"


@fault(39)
def mail_server_fails(world: World, orders: int) -> None:
    """Mail server hangs, or breaks off behind a mail; workers killed meanwhile."""
    with _mail(world) as server:
        with world.load.steady(10):
            time.sleep(orders / 40)
            for stage, kind in (("end", "hang"), ("end", "drop"), ("RCPT", "hang"), ("connect", "drop")):
                server.faults, server.take_first = {stage: kind}, True
                time.sleep(orders / 60 + 1)
                if kind == "hang":
                    world.kill_children()
                server.faults, server.take_first = {}, False
                time.sleep(orders / 60)
            world.query("UPDATE orders_destination SET open_until = now() WHERE name = 'mail' AND open_until > now()")
        wait_for(lambda: world.query(OPEN)[0][0] == 0, "each mail was sent, or left to a person")
        _assert_once(world, server)
        world.query(BY_HAND)


def _assert_once(world: World, server: MailServer) -> None:
    """Each customer has one mail; who may have none is somebody a person is asked about."""
    sent = Counter(str(mail.read["Message-ID"]) for mail in server.mails)
    assert max(sent.values()) == 1, f"told twice: {[name for name, count in sent.items() if count > 1][:3]}"
    parked = dict(world.query(PARKED))
    assert parked, "no mail was left to a person"
    assert all(reference == f"<{number}.received@shop.example>" for number, reference in parked.items())
    told = {name.strip("<").partition(".")[0] for name in sent}
    assert world.load.accepted <= told | parked.keys(), "a customer was not told, and nobody knows"


@contextmanager
def _mail(world: World) -> Iterator[MailServer]:
    """The desk with the destination `mail`, and customers with addresses."""
    with running(world.folder, "sap,marketing,printing") as (server, variables):
        world.load.more = {"email": "helgi@example.com"}
        try:
            world.restart_with(variables)
            yield server
        finally:
            world.load.more = {}
            world.restart_with({})
