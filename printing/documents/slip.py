"""The pick slip: what a picker in a hurry needs to know about one order. No prices."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import pgettext

from orders import address_lines, addresses, overlay
from orders.models import Order, OrderLine
from printing.documents import codes, logo, panel, typefaces
from printing.documents.paper import DOT, SHEETS, Sheet
from printing.documents.pdf import make_pdf

SMALL = 36  # points for a phone number or a reference and the word above it
ABOVE_WINDOW = 0.5  # of a logo's usual size
# What only some slips have.
NOWHERE: dict[str, Any] = dict.fromkeys(("address", "sender_line", "phone", "reference", "note", "bars"))
NUMBER_SHARE = 76  # hundredths of the paper's width for the order's number; beside it stands the QR code


@dataclass(frozen=True)
class Slip:
    """A PDF, and what staff should know about it (sentences without customers' names)."""

    content: bytes
    pages: int
    warnings: list[str]


def render(order: Order, *, revision: int = 1, copy: int = 1, paper: str = "a4") -> Slip:
    """Draws the slip of `order` (lines and their products loaded) on a paper of `paper.SHEETS`.

    The same arguments give the same bytes. Its words are in the shop's language, its warnings in the staff's. Raises
    Permanent if a template of the shop's own has an error.
    """
    typed = texts(order)
    named = {"number": order.number, "revision": revision, "copy": copy}
    try:
        with translation.override(settings.SHOP_LANGUAGE):
            html = render_to_string("printing/slip.html", facts(order, copy=copy, paper=paper))
            footer = pgettext("paper", "%(number)s · rev %(revision)s · copy %(copy)s") % named
            warnings = typefaces.warnings(typed)
            pdf = make_pdf(html, title=pgettext("paper", "Pick slip %(number)s") % named, footer=footer)
    except Exception as error:
        overlay.blame(error)
        raise
    if pdf.complaints and not warnings:
        warnings = [f"The slip may be incomplete: the renderer reported {len(pdf.complaints)} problem(s)."]
    return Slip(pdf.content, pdf.pages, warnings)


def facts(order: Order, *, copy: int, paper: str = "a4") -> dict[str, Any]:
    """What the template shows."""
    lines = sorted(order.lines.all(), key=walking_order)
    pieces = sum(line.quantity for line in lines)
    sheet = SHEETS[paper]
    no_bin = pgettext("paper", "no bin")
    bins = [line.product.bin_location or no_bin for line in lines]
    skus = [line.sku for line in lines]
    table = layouts(sheet, bins, [str(line.quantity) for line in lines], skus)
    pictures = {"qr": codes.qr(order.number), "code128": codes.code128(order.number)}
    share = 100 if sheet.label else NUMBER_SHARE
    heading = [typefaces.Column([order.number], 25 if sheet.small else 36, share, share)]
    # Nothing of this file is called from here on: the way of a slip goes on in `typefaces`, then in `pdf`.
    stacked, (quantity, place, sku) = typefaces.fit(sheet.inner, *table)
    _, (number,) = typefaces.fit(sheet.inner, heading)
    more = order.shipping_country or order.shipping_phone or order.reference or sheet.label
    parcel = addressed(order, sheet) if more else NOWHERE
    return (
        parcel
        | pictures
        | {
            "shop": settings.SHOP_NAME,
            "logo": letterhead(sheet, window=bool(parcel["address"]), reprint=copy > 1) if settings.SHOP_LOGO else None,
            "sender": settings.SHOP_SENDER,
            "order": order,
            "to": order.shipping_name or order.customer_name,
            "number_size": number.sizes[0],
            "lines": lines,
            "rows": zip(lines, bins, skus, quantity.sizes, place.sizes, sku.sizes, strict=True),
            "pieces": pieces,
            "reprint": copy if copy > 1 else 0,
            "follow": to_follow(order) if settings.SLIP_TRACKING else None,
            "sheet": sheet,
            "stacked": stacked,
            "quantity": quantity,
            "place": place,
            "article": sku,
        }
    )


def to_follow(order: Order) -> dict[str, str]:
    """The page that tells the customer how far the order is: its address, and a QR code that leads there."""
    url = addresses.tracking(order.number)
    return {"url": url, "qr": codes.qr(url)}


def letterhead(sheet: Sheet, *, window: bool, reprint: bool) -> logo.Logo | None:
    """The logo, low above an envelope's window. Not on labels, nor beside the window where a reprint says so."""
    if sheet.label or (window and reprint):
        return None
    scale = ABOVE_WINDOW if window else logo.scale(sheet)
    return logo.drawn(settings.SHOP_LOGO, scale)


def addressed(order: Order, sheet: Sheet) -> dict[str, Any]:
    """Where the parcel goes, fitted into its place; and what stands beside it. A note that is too long stands below."""
    beside = sheet.beside
    small = {"phone": order.shipping_phone, "reference": order.reference}
    left = beside.height - SMALL * sum(map(bool, small.values()))
    fitted: dict[str, Any] = NOWHERE | {
        name: panel.arrange([text], beside.width, SMALL - 10, largest=10) for name, text in small.items() if text
    }
    note = panel.arrange([order.note], beside.width, left - 12, largest=sheet.body, smallest=8) if order.note else None
    if sheet.label:
        fitted["bars"] = codes.dots(order.number, sheet.inner / DOT) * DOT
    elif not order.shipping_country:
        return fitted
    to = address_lines.lines(order.shipping, home=settings.COUNTRY)
    return fitted | in_window(to, sheet) | {"note": note}


def in_window(to: list[str], sheet: Sheet) -> dict[str, Any]:
    """The lines of an address, and small above them whom the parcel comes from."""
    place, above, sender = sheet.address, sheet.sender, " · ".join(settings.SHOP_SENDER)
    fitted: dict[str, Any] = {}
    if sender:
        small = panel.arrange([sender], above.width, above.height, largest=7, font=typefaces.REGULAR)
        fitted, place = {"sender_line": small}, sheet.below_sender
    return fitted | {"address": panel.arrange(to, place.width, place.height, largest=sheet.largest)}


def layouts(sheet: Sheet, bins: list[str], quantities: list[str], skus: list[str]) -> list[list[typefaces.Column]]:
    """Side by side; and the article below its bin, where a text is too long for that."""
    quantity = typefaces.Column(quantities, 18, 16 if sheet.small else 12, 40, padding=13)
    place = typefaces.Column([f"☐ {bin_}" for bin_ in bins], 14, 34 if sheet.small else 28, 45)
    sku = typefaces.Column(skus, 10 if sheet.small else 11, font=typefaces.REGULAR)
    return [[quantity, place, sku], [quantity, replace(place, share=0), sku]]


def walking_order(line: OrderLine) -> tuple[Any, ...]:
    """Bins as a person walks them: A-3-2 before A-03-10; lines without a bin come last."""
    bin_location = line.product.bin_location
    parts = re.split(r"(\d+)", bin_location)
    return (not bin_location, [int(part) if part.isdecimal() else part for part in parts], line.sku)


def texts(order: Order) -> list[tuple[str, str]]:
    """Every text on the slip that people have typed, and where it stands."""
    lines = list(order.lines.all())
    products = [
        ("bins", "".join(line.product.bin_location for line in lines)),
        ("article names", "".join(line.name + line.sku for line in lines)),
    ]
    # Read from its columns: a slip without an address has no need of `order.shipping`.
    address = [order.shipping_line1, order.shipping_line2, order.shipping_postal_code, order.shipping_city]
    small = order.shipping_phone + order.reference
    return [
        ("recipient's name" if order.shipping_name else "customer's name", order.shipping_name or order.customer_name),
        ("address", "".join([*address, order.shipping_state])),
        ("phone number or reference", small),
        ("note", order.note),
        *products,
    ]
