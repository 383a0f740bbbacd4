"""Orders that say where they go, followed to whom they are told: SAP, the statistics, the customer, the warehouse."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.pseudonym import same_customer
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TUTORIAL, TestDesk, wait_for
from tests.end_to_end.front import Front
from tests.end_to_end.staff import Staff
from tests.integrations.mail.mail_server import MailServer
from tests.integrations.mail.running_mail_server import running
from tests.orders.events.follower import Follower
from tests.orders.intake.conftest import Orders, Program, outside  # noqa: F401 - a fixture
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.timeout(240)
PUBLIC = "https://desk.shop.example"
ADDRESS = {
    "line1": "Kløvermarksvej 70",
    "line2": "Opgang Ekspresso",
    "postal_code": "2300",
    "city": "København",
    "state": "84",
    "country": "DK",
}
EVERYTHING: dict[str, Any] = {
    "customer_name": "Frederikke Blomqvist",
    "email": "Frida.Lindqvist@Bücherkiste.example",
    "shipping": {"name": "Ingeborg Sørensen", "phone": "+45 33 12 34 56", "address": ADDRESS},
    "note": "Leave it with Zoë, please",
    "reference": "WEB-2026/0815",
    "lines": [{"sku": "CUP-ENAMEL-B", "quantity": 2}, {"product_id": 42, "quantity": 1}],
    "currency": "EUR",
}
# Each as a customer's text could turn up: in full, and its parts that are nobody else's.
PERSONAL = [
    "Frederikke", "Blomqvist", "Frida", "Lindqvist", "Bücherkiste", "bcherkiste", "Ingeborg", "Sørensen", "33 12 34 56",
    "Kløvermarksvej", "Ekspresso", "København", "Zoë", "2026/0815",  # Not 0815: times and ids have that by chance.
]  # fmt: skip
ADDRESSED = {
    "AddresseeFullName": "Ingeborg Sørensen",
    "StreetName": "Kløvermarksvej 70",
    "StreetSuffixName1": "Opgang Ekspresso",
    "PostalCode": "2300",
    "CityName": "København",
    "Region": "84",
    "Country": "DK",
    "PhoneNumber": "+45 33 12 34 56",
    "EmailAddress": "Frida.Lindqvist@bücherkiste.example",
}
CANCELLED = ["order.received", "order.processed", "order.cancelled"]
SHIPPED = ["order.received", "order.processed", "order.packed", "order.shipped"]


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[tuple[MailServer, dict[str, str]]]:
    with running(tmp_path, "sap,marketing,printing") as (server, variables):
        yield server, dict(variables)


@pytest.fixture
def desk(
    open_desk: OpenDesk, own_broker: RabbitMQ, database_url: str, mail: tuple[MailServer, dict[str, str]]
) -> TestDesk:
    servers = {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url, "SHOP_PUBLIC_URL": PUBLIC}
    return open_desk({**servers, **mail[1], "SHOP_SAP_REJECTION_REASON": "61"})


def by_amqp(make: Callable[[], Any], order: Any) -> str:
    """Another program places it; the number it is told."""
    with make() as program:
        shop: Program = program
        queue = shop.listen("amq.rabbitmq.reply-to")
        shop.send(order, message_id="1", reply_to=queue, user_id=shop.user)
        kind, answer, _ = shop.answer()
    assert kind == "order.placed", answer
    return str(answer["order_num"])


def test_an_order_with_everything_is_told_to_each_as_far_as_it_concerns_them(
    desk: TestDesk,
    own_broker: RabbitMQ,
    mail: tuple[MailServer, dict[str, str]],
    outside: Callable[[], Any],  # noqa: F811
) -> None:
    server, rows = mail[0], Orders(desk, own_broker)
    follower, front, staff = Follower(own_broker, "follower"), Front(desk), Staff(desk)
    plain, shipped = desk.post(TUTORIAL), front.post(EVERYTHING)
    cancelled = by_amqp(outside, EVERYTHING)
    desk.wait_until_processed(plain, shipped, cancelled)
    ids = dict(rows.query("SELECT number, id FROM orders_order"))

    # --- SAP ---
    arrived = desk.ask(f"{desk.sandbox_url}/sandbox/orders.json")[1]["orders"]
    sent = {row["reference"]: row["payload"] for row in arrived}
    assert desk.sap_orders() == dict.fromkeys((plain, shipped, cancelled), 1)
    assert {"to_Partner", "PurchaseOrderByShipToParty"} & sent[plain].keys() == set()
    for number in (shipped, cancelled):
        [partner] = sent[number]["to_Partner"]
        [address] = partner["to_Address"]
        assert {name: address[name] for name in ADDRESSED} == ADDRESSED
        assert sent[number]["PurchaseOrderByShipToParty"] == EVERYTHING["reference"]

    # --- The statistics ---
    events = [row["event"] for row in desk.ask(f"{desk.sandbox_url}/sandbox/events.json")[1]["events"]]
    told = {event["properties"]["order_id"]: event for event in events}
    assert told[shipped]["context"] == told[cancelled]["context"] == {"location": {"country": "DK"}}
    assert told[shipped]["userId"] == told[cancelled]["userId"] != told[plain]["userId"]
    assert re.fullmatch("[0-9a-f]{32}", told[shipped]["userId"])
    assert same_customer(EVERYTHING["email"], "x") not in json.dumps(events)
    assert personal_in(json.dumps(events, ensure_ascii=False)) == []
    assert told[plain].keys() == told[shipped].keys() - {"context"}

    # --- Paper ---
    assert [len(desk.slips(number)) for number in (plain, shipped, cancelled)] == [1, 1, 1]

    # --- The customer, and the warehouse ---
    assert_told(server, {shipped: "received", cancelled: "received"})
    staff.act("pack", ids[shipped])
    assert "with 2 parcels" in staff.ship(ids[shipped], ("dhl", "JJD000390007"), ("ups", "1Z 999-aa"))
    staff.act("cancel", ids[cancelled])
    assert_told(server, {shipped: "received", cancelled: "received"}, {shipped: "shipped", cancelled: "cancelled"})
    text = body(server, shipped, "shipped")
    for address in ("?tracking-id=JJD000390007", "?tracknum=1Z999AA", f"{PUBLIC}/track/{shipped}"):
        assert address in text
    assert "/track/" not in body(server, cancelled, "cancelled")
    wait_for(lambda: desk.state(cancelled, "sap_cancel") == "done", "SAP has rejected its items", 60)

    # --- What the API tells whom ---
    shown = desk.get(shipped)
    assert [(parcel["carrier"], parcel["tracking_number"]) for parcel in shown["shipments"]] == [
        ("dhl", "JJD000390007"), ("ups", "1Z999AA"),
    ]  # fmt: skip
    assert personal_in(json.dumps([shown, desk.get(cancelled)], ensure_ascii=False)) == []
    own = front.get(shipped)
    assert (own["shipping"], own["email"]) == (EVERYTHING["shipping"], ADDRESSED["EmailAddress"])
    page = requests.get(f"{desk.url}/track/{shipped}", timeout=30).text
    assert personal_in(page) == []
    assert "1Z999AA" in page

    # --- Those who follow ---
    wait_for(lambda: not rows.query("SELECT 1 FROM orders_event WHERE state = 'open'"), "all events are published", 60)
    came = [json.loads(message.body) for message in follower.messages()]
    assert [event["type"] for event in came if event["id"].startswith(shipped)] == SHIPPED
    assert [event["type"] for event in came if event["id"].startswith(cancelled)] == CANCELLED
    assert personal_in(json.dumps(came, ensure_ascii=False)) == []

    # --- What is kept ---
    assert rows.letters() == []
    assert personal_in(str(rows.query("SELECT * FROM orders_attempt"))) == []
    assert personal_in(str(rows.query("SELECT name, reference, reason, next_action, warning FROM orders_step"))) == []
    assert {log.name: personal_in(log.read_text()) for log in desk.logs.iterdir()} == {
        log.name: [] for log in desk.logs.iterdir()
    }


def personal_in(text: str) -> list[str]:
    """Also where its letters are escaped or its case is another's."""
    forms = text.casefold(), text.encode().decode("unicode_escape", "replace").casefold()
    return [word for word in PERSONAL if any(word.casefold() in form for form in forms)]


def assert_told(server: MailServer, *expected: dict[str, str]) -> None:
    """The customer got these mails, once each, and no other."""
    ids = Counter(f"<{number}.{kind}@shop.example>" for told in expected for number, kind in told.items())
    wait_for(lambda: Counter(mail.read["Message-ID"] for mail in server.mails) == ids, f"mails {sorted(ids)}", 60)
    assert {to for mail in server.mails for to in mail.to} == {"Frida.Lindqvist@xn--bcherkiste-9db.example"}


def body(server: MailServer, number: str, kind: str) -> str:
    """The text of a mail; its HTML has the same addresses."""
    [mail] = [mail.read for mail in server.mails if mail.read["Message-ID"] == f"<{number}.{kind}@shop.example>"]
    text, page = (part_of(mail, name) for name in ("plain", "html"))
    for address in re.findall(r"https://\S+", text):
        assert address.replace("&", "&amp;") in page
    return text


def part_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
