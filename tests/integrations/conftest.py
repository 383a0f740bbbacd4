import socket
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
from django.utils import timezone
from pytest_django import Settings

from integrations.http.remote import Remote
from integrations.sandbox.environment import environment
from integrations.sap.settings import SapSettings
from integrations.segment.settings import SegmentSettings
from orders.models import Order, Product, Step
from orders.steps import Claim, claim_step
from shop.destinations import read_settings
from tests.factories import make_order, make_product
from tests.integrations.claims import ClaimOf
from tests.integrations.receiver import Receiver
from tests.integrations.running_sandbox import RunningSandbox
from tests.integrations.shapes import objection_to
from tests.integrations.wire import Talk, Wire, serve


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs the certificates of servers with TLS."""
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture(autouse=True)
def documented_shapes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every payload that a test sends has the shape its receiver documents."""
    objections = []
    send = Remote.send

    def noted(remote: Remote, method: str, url: str, **options: Any) -> requests.Response:
        objections.append(objection_to(remote.name, options))
        return send(remote, method, url, **options)

    monkeypatch.setattr(Remote, "send", noted)
    yield
    assert not any(objections), objections


@pytest.fixture
def sandbox(tmp_path: Path, settings: Settings) -> Iterator[RunningSandbox]:
    """A sandbox the settings point at."""
    running = RunningSandbox(tmp_path / "sandbox")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(running.url).items():
            patch.setenv(name, value)
        settings.SAP = read_settings("sap", SapSettings)
        settings.MARKETING = read_settings("marketing", SegmentSettings)
    yield running
    running.close()


@pytest.fixture
def products(db: None) -> list[Product]:
    return [
        make_product(sku="MUG", name="Mug", price=Decimal("19.90"), sap_material="TG11", bin_location="A-01-1"),
        make_product(sku="LAMP", name="Lamp “O'Neill”", price=Decimal("45.00"), sap_material="TG12"),
    ]


@pytest.fixture
def order(products: list[Product]) -> Order:
    return make_order([(products[0], 2), (products[1], 1)], customer_name="Helgi Möller")


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Answers each connection with raw bytes: `wire(b"HTTP/1.1 …")` gives its URL; a function gets the socket."""
    opened: list[socket.socket] = []

    def open_one(answer: bytes | Talk) -> str:
        opened.append(serve(answer))
        return f"http://127.0.0.1:{opened[-1].getsockname()[1]}"

    yield open_one
    for listener in opened:
        listener.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def claim_of(order: Order) -> ClaimOf:
    """Gives the order a step of a name, and claims it."""

    def claim(name: str) -> Claim:
        Step.objects.get_or_create(order=order, name=name, defaults={"due_at": timezone.now()})
        taken = claim_step(order.pk, name)
        assert taken is not None
        return taken

    return claim
