import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from pytest_django import Settings

from integrations.mail.settings import MailSettings
from orders.models import Order, Product
from tests.factories import make_order
from tests.integrations.mail.mail_server import PASSWORD, USER, MailServer

Start = Callable[..., MailServer]


@pytest.fixture(autouse=True)
def mail_is_on(settings: Settings) -> None:
    tasks = "integrations.mail.tasks"
    settings.CANCEL_STEPS = {"mail_cancel": f"{tasks}.tell_of_cancellation"}
    settings.SHIP_STEPS = {"mail_shipped": f"{tasks}.tell_of_shipping"}


@pytest.fixture
def start(authority: trustme.CA, ca_file: Path, settings: Settings) -> Iterator[Start]:
    """Starts a mail server with TLS, to which the settings point."""
    opened = []
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(tls)

    def started(**options: Any) -> MailServer:
        server = MailServer(**{"tls": tls} | options)
        opened.append(server)
        settings.MAIL = MailSettings(
            host="localhost",
            port=server.port,
            security="tls" if server.tls_at_once else "starttls",
            ca_file=ca_file,
            user=USER,
            password=PASSWORD,
            sender="orders@shop.example",
        )
        return server

    yield started
    for server in opened:
        server.close()


@pytest.fixture
def server(start: Start) -> MailServer:
    return start()


@pytest.fixture
def mailed(products: list[Product]) -> Order:
    """An order with an e-mail address, whose mail is to be sent."""
    return make_order(
        [(products[0], 2), (products[1], 1)],
        steps=["mail"],
        email="helgi@example.com",
        shipping_line1="Laugavegur 1",
        shipping_postal_code="101",
        shipping_city="Reykjavík",
        shipping_country="IS",
    )


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever hangs is given up soon."""
    monkeypatch.setattr("integrations.mail.server.TALK_SECONDS", 0.5)
    monkeypatch.setattr("integrations.mail.server.END_SECONDS", 0.5)
