"""What a customer reads: in text, in HTML, in the shop's language."""

import gettext
import re
from collections.abc import Iterator
from decimal import Decimal
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from integrations.mail.address import read_address
from integrations.mail.message import CANCELLED, RECEIVED, SHIPPED, build
from integrations.mail.settings import MailSettings
from orders.models import Order, Shipment
from tests.factories import make_order, make_product

pytestmark = pytest.mark.django_db
LOCALE = Path(__file__).resolve().parents[3] / "integrations" / "locale"
TEMPLATES = LOCALE.parent / "mail" / "templates" / "mail"
LANGUAGES = ["de", "fr", "es", "is"]
KINDS = [RECEIVED, SHIPPED, CANCELLED]


@pytest.fixture(autouse=True)
def ours(settings: Settings) -> None:
    settings.SHOP_NAME = "Little shop"
    settings.PUBLIC_URL = "https://desk.example.com"
    settings.MAIL = MailSettings(host="mail.example.com", sender="orders@shop.example", reply_to="help@shop.example")


def written(order: Order, kind: str = RECEIVED) -> EmailMessage:
    return build(order, kind, read_address(order.email or "helgi@example.com"), date=timezone.now())


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_it_says_what_was_ordered_for_how_much_and_where_it_goes(mailed: Order) -> None:
    mail = written(mailed)
    assert (mail["Subject"], mail["From"]) == (
        f"We have received your order {mailed.number}",
        "Little shop <orders@shop.example>",
    )
    assert (mail["To"], mail["Reply-To"]) == ("helgi@example.com", "Little shop <help@shop.example>")
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "en")
    assert part(mail, "plain") == (
        "Thank you. We have received your order, and pack it as soon as we can.\n\n"
        f"Order {mailed.number}\n\n"
        "2 × Mug: 39.80 EUR\n1 × Lamp “O'Neill”: 45.00 EUR\nTotal: 84.80 EUR\n\n"
        "Ship to\nHelgi Möller\nLaugavegur 1\n101 Reykjavík\nICELAND\n\n"
        f"How far your order is:\nhttps://desk.example.com/track/{mailed.number}\n\n-- \nLittle shop\n"
    )
    page = part(mail, "html")
    for shown in (mailed.number, "39.80 EUR", "Lamp “O&#x27;Neill”", "84.80 EUR", "Laugavegur 1", "101 Reykjavík"):
        assert shown in page


def test_an_order_without_an_address_and_a_desk_without_a_name_leave_out_both(settings: Settings) -> None:
    settings.PUBLIC_URL = ""
    text = part(written(make_order(steps=[])), "plain")
    assert "Ship to" not in text
    assert "http" not in text


def test_each_parcel_is_named(mailed: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("00340434", "00340435"):
        Shipment.objects.create(order=mailed, carrier="dhl", tracking_number=number, created_at=timezone.now())
    url = "orders.models.shipment.tracking_url"
    monkeypatch.setattr(url, lambda carrier, number: f"https://track.example/{carrier}?n={number}&x=1")
    mail = written(mailed, SHIPPED)
    assert "in 2 parcels" in part(mail, "plain")
    assert "DHL 00340435\nhttps://track.example/dhl?n=00340435&x=1\n" in part(mail, "plain")
    assert 'href="https://track.example/dhl?n=00340435&amp;x=1">00340435</a>' in part(mail, "html")


def test_a_cancelled_order_goes_nowhere(mailed: Order) -> None:
    text = part(written(mailed, CANCELLED), "plain")
    assert "Nothing will be sent to you" in text
    assert "Laugavegur" not in text
    assert "https://" not in text


def test_amounts_have_their_currencys_digits() -> None:
    order = make_order([(make_product(price=Decimal(1200)), 3)], currency="JPY", steps=[])
    assert "3 × " in (text := part(written(order), "plain"))
    assert "3600 JPY" in text
    assert "3600.0" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_texts_of_a_customer_end_no_header_and_open_no_tag(kind: str) -> None:
    name = "Eve\r\nBcc: all@example.com\r\n\r\n<img src=x onerror=alert(1)>"
    order = make_order([(make_product(name="<b>Mug</b>\r\n.\r\n"), 1)], customer_name=name, shipping_country="DE")
    mail = written(order, kind)
    data = mail.as_bytes()
    head = data.partition(b"\r\n\r\n")[0]
    assert b"Bcc" not in head
    assert "<img" not in part(mail, "html")
    assert "<b>" not in part(mail, "html")
    assert b"\r\n.\r\n" not in data
    assert data.count(b"\n") == data.count(b"\r\n")


@pytest.mark.parametrize("kind", KINDS)
def test_every_server_takes_it(mailed: Order, kind: str) -> None:
    """Seven bits, short lines: neither 8BITMIME nor BINARYMIME is needed."""
    make_product()
    data = written(mailed, kind).as_bytes()
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert {part["Content-Transfer-Encoding"] for part in written(mailed, kind).iter_parts()} == {"quoted-printable"}


class Addresses(HTMLParser):
    """What a page has a mail program load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [str(value) for name, value in attrs if name in ("src", "background") or tag == "link"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_loaded_from_anywhere(mailed: Order, kind: str) -> None:
    page = part(written(mailed, kind), "html")
    assert Addresses(page).found == []
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_in_the_shops_language(mailed: Order, settings: Settings, language: str, kind: str) -> None:
    english = written(mailed, kind)
    settings.SHOP_LANGUAGE = language
    mail = written(mailed, kind)
    assert mail["Content-Language"] == language
    assert mail["Subject"] != english["Subject"]
    assert f'<html lang="{language}">' in part(mail, "html")
    assert "84,80 EUR" in part(mail, "plain")
    for sentence in words():
        assert sentence.split("%")[0] not in part(mail, "plain") or sentence == "Total"


def words() -> Iterator[str]:
    """Every text that the templates and the subjects have."""
    for template in TEMPLATES.iterdir():
        text = template.read_text()
        yield from re.findall(r'{% translate "([^"]+)" %}', text)
        for block in re.findall(r"{% blocktranslate [^%]*%}(.*?){% endblocktranslate %}", text):
            yield re.sub(r"{{ (\w+) }}", r"%(\1)s", block)
    yield from re.findall(r'gettext_noop\("([^"]+)"\)', (LOCALE.parent / "mail" / "message.py").read_text())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated_and_the_catalogue_is_compiled(language: str) -> None:
    folder = LOCALE / language / "LC_MESSAGES"
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    source = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (folder / "django.po").read_text(), re.M))
    assert source.keys() == set(words())
    for said, translated in source.items():
        assert compiled.gettext(said) == translated
        assert re.findall(r"%\(\w+\)s", said) == re.findall(r"%\(\w+\)s", translated)
