"""What a customer is told: a mail in text and HTML, in the shop's language. Reads the order's parcels, sends nothing.

It is built with Python's own `email`, which has a policy for addresses beyond ASCII (RFC 6532), refuses line breaks in
headers, and writes what every server takes: seven bits, lines of at most 76 characters. Django's builder does not.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from integrations.mail.address import MailAddress, read_address
from integrations.mail.settings import MailSettings
from orders import address_lines, addresses, overlay
from orders.models import Order, OrderLine, Shipment, Shipping
from orders.money import exact

RECEIVED, SHIPPED, CANCELLED = "received", "shipped", "cancelled"
SUBJECTS = {
    RECEIVED: gettext_noop("We have received your order %(number)s"),
    SHIPPED: gettext_noop("Your order %(number)s is on its way"),
    CANCELLED: gettext_noop("Your order %(number)s was cancelled"),
}


@dataclass(frozen=True)
class Parcel:
    """`url` is the carrier's page of it, or ""."""

    carrier: str
    number: str
    url: str


def message_id(order: Order, kind: str, config: MailSettings) -> str:
    """The same for every try: mail servers that have seen it drop a repeat."""
    return f"<{order.number}.{kind}@{config.domain}>"


def build(order: Order, kind: str, to: MailAddress, *, date: datetime) -> EmailMessage:
    """The whole mail. `date` is when it is sent."""
    config: MailSettings = settings.MAIL
    with translation.override(settings.SHOP_LANGUAGE):
        words = context(order, kind)
        subject = gettext(SUBJECTS[kind]) % {"number": order.number}
        text, page = _written(kind, words | {"subject": subject})
        language = translation.get_language()
    mail = EmailMessage(policy=SMTPUTF8 if to.needs_utf8 else SMTP)
    mail["Subject"] = subject
    mail["From"] = _named(settings.SHOP_NAME, config.sender)
    mail["To"] = Address(username=to.local, domain=to.domain)
    if config.reply_to:
        mail["Reply-To"] = _named(settings.SHOP_NAME, config.reply_to)
    mail["Date"] = format_datetime(timezone.localtime(date))
    mail["Message-ID"] = message_id(order, kind, config)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday program answers it.
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = language  # Only now: the two parts are given what is called Content-… before.
    return mail


def _written(kind: str, words: dict[str, Any]) -> tuple[str, str]:
    """The mail as text and as HTML. Raises Permanent if a template of the shop's own has an error."""
    try:
        return render_to_string(f"mail/{kind}.txt", words).strip() + "\n", render_to_string(f"mail/{kind}.html", words)
    except Exception as error:
        overlay.blame(error)
        raise


def _named(name: str, address: str) -> Address:
    found = read_address(address)
    return Address(display_name=name, username=found.local, domain=found.domain)


def context(order: Order, kind: str) -> dict[str, Any]:
    """What the templates show. Amounts have their currency's digits; each line's is its quantity times its price."""
    goes_on = kind != CANCELLED
    return {
        "shop": settings.SHOP_NAME,
        "order": order,
        "amount": order.amount,
        "lines": [{"line": line, "amount": _of_line(line)} for line in order.lines.all()],
        "address": _address(order.shipping) if goes_on else [],
        "parcels": [_parcel(shipment) for shipment in order.shipments.all()],
        "url": addresses.tracking(order.number) if settings.PUBLIC_URL and goes_on else "",
    }


def _address(shipping: Shipping) -> list[str]:
    """Where the parcel goes, as its country writes it; none if nobody said."""
    return address_lines.lines(shipping, home=settings.COUNTRY) if shipping.has_address else []


def _of_line(line: OrderLine) -> Decimal:
    return exact(line.amount * line.quantity, line.order.currency)


def _parcel(shipment: Shipment) -> Parcel:
    return Parcel(shipment.carrier_name, shipment.shown_number, shipment.tracking_url)
