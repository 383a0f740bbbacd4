"""docs/templates.md: its example is laid over the desk's templates and printed, and its tables name what there is."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from django.template import autoreload
from django.utils import timezone
from pytest_django import Settings

from integrations.mail import message
from integrations.mail.address import read_address
from integrations.mail.settings import MailSettings
from orders import overlay as overlay_of_the_shop
from orders.models import Order
from printing.documents import pick_list, slip
from tests.printing.conftest import NUMBER, make_order

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "templates.md").read_text()
EXAMPLE = dict(re.findall(r"^```html (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))

pytestmark = pytest.mark.django_db


@pytest.fixture
def overlay(settings: Settings, tmp_path: Path) -> Iterator[None]:
    for name, text in EXAMPLE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    settings.SHOP_TEMPLATES, settings.SHOP_SENDER, settings.SHOP_NAME = tmp_path, ["Laugavegur 1", "Iceland"], "Things"
    autoreload.reset_loaders()
    yield
    settings.SHOP_TEMPLATES = None
    autoreload.reset_loaders()


@pytest.fixture
def order() -> Order:
    made = make_order()
    return Order.objects.prefetch_related("lines__product").get(pk=made.pk)


def drawn(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


@pytest.mark.usefixtures("overlay")
def test_the_example_prints(order: Order) -> None:
    slip_ = slip.render(order)
    page = drawn(slip_.content)
    assert f"Returns: 30 days. Write {NUMBER} on the parcel." in page
    assert "Things, Laugavegur 1, Iceland" in page
    assert "Picked by" in page
    assert slip_.warnings == []
    walk = drawn(pick_list.render([order]).content)
    assert "A-03-2: 1 × Enamel mug → A" in walk
    assert "one walk" not in walk
    assert overlay_of_the_shop.check() == []


def test_the_tables_name_what_the_templates_get(order: Order) -> None:
    _, slips, lists, mails = re.split(r"^\*\*(?:slip|pick list|mail)\*\*$", PAGE, flags=re.MULTILINE)
    for part, facts in (
        (slips, slip.facts(order, copy=1)),
        (lists, pick_list.facts([pick_list.Box("A", order)], paper="a4")),
        (mails, message.context(order, message.RECEIVED) | {"subject": ""}),
    ):
        rows = re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
        told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
        assert told == set(facts) - {"shop", "sheet"}


def test_every_template_is_on_the_page() -> None:
    paper, mail = ROOT / "printing" / "documents" / "templates", ROOT / "integrations" / "mail" / "templates"
    there = {path.name for path in [*paper.rglob("*.html"), *mail.rglob("*.*")]}
    rows = re.findall(r"^\| (`\w+\.\w+`.*?) \|", PAGE, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+\.\w+)`", row)} == there


@pytest.mark.usefixtures("overlay")
def test_the_examples_mail_is_written(order: Order, settings: Settings) -> None:
    settings.MAIL = MailSettings(host="localhost", sender="orders@shop.example")
    mail = message.build(order, message.RECEIVED, read_address("helgi@example.com"), date=timezone.now())
    told = mail.get_body(("plain",))
    assert told is not None
    assert f"Thank you, {order.customer_name}! Reply to this mail if anything is wrong.\n\n" in told.get_content()
    assert f"Order {order.number}" in told.get_content()
