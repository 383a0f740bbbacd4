"""Several orders in one walk: every bin once, in walking order, with a box for each order."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from string import ascii_uppercase
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import npgettext, pgettext

from orders import overlay
from orders.models import Order, OrderLine
from orders.models.pick_list import MOST_ORDERS
from printing.documents import codes, logo, slip, typefaces
from printing.documents.paper import DOT, SHEETS, Sheet
from printing.documents.pdf import make_pdf
from printing.documents.slip import Slip, texts, walking_order


@dataclass(frozen=True)
class Heading:
    """What tells this list from others: its number, drawn as bars, too, when it was made, and which copy it is."""

    number: str
    made_at: datetime
    copy: int = 1

    @property
    def bars(self) -> str:
        return codes.code128(self.number)

    def width(self, sheet: Sheet) -> float:
        """Of the bars, in points: whole dots of a thermal printer, at most half the sheet."""
        return codes.dots(self.number, sheet.inner / 2 / DOT) * DOT


@dataclass(frozen=True)
class Box:
    letter: str
    order: Order

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.order.lines.all())

    @property
    def to(self) -> str:
        return self.order.shipping_name or self.order.customer_name

    @property
    def where(self) -> str:
        """What tells two boxes for people of one name apart: city and country, or the client's own number."""
        place = [self.order.shipping_city, self.order.shipping_country]
        return ", ".join(filter(None, place)) or self.order.reference


@dataclass
class Stop:
    """One article: how many to take from its bin, and which box gets how many of them."""

    line: OrderLine
    boxes: list[tuple[str, int]] = field(default_factory=list)

    @property
    def bin_location(self) -> str:
        return self.line.product.bin_location

    @property
    def bin(self) -> str:
        return self.bin_location or pgettext("paper", "no bin")

    @property
    def name(self) -> str:
        return self.line.name

    @property
    def sku(self) -> str:
        return self.line.sku

    @property
    def quantity(self) -> int:
        return sum(quantity for _, quantity in self.boxes)

    @property
    def several(self) -> bool:
        """True if a box gets more than one of it: the hand must count."""
        return any(quantity > 1 for _, quantity in self.boxes)

    @property
    def parts(self) -> list[str]:
        """ "A,", "C×2": one piece into box A, two into box C."""
        found = [letter if quantity == 1 else f"{letter}×{quantity}" for letter, quantity in self.boxes]
        return [*(f"{part}," for part in found[:-1]), found[-1]]

    @property
    def into(self) -> str:
        return " ".join(self.parts)


def render(
    orders: Sequence[Order], *, paper: str = "a4", heading: Heading | None = None, letters: str = ascii_uppercase
) -> Slip:
    """Draws the list for up to MOST_ORDERS orders (lines and their products loaded). ValueError for more.

    `letters` are those of their boxes. Raises Permanent if a template of the shop's own has an error.
    """
    if len(orders) > MOST_ORDERS:
        raise ValueError(f"At most {MOST_ORDERS} orders go on one pick list.")
    boxes = [Box(letter, order) for letter, order in zip(letters, orders, strict=False)]
    try:
        with translation.override(settings.SHOP_LANGUAGE):
            html = render_to_string("printing/pick_list.html", facts(boxes, paper=paper, heading=heading))
            pdf = make_pdf(html, title=pgettext("paper", "Pick list"), footer=_footer(orders, heading))
    except Exception as error:
        overlay.blame(error)
        raise
    found = [f"{order.number}: {warning}" for order in orders for warning in typefaces.warnings(texts(order))]
    return Slip(pdf.content, pdf.pages, found)


def _footer(orders: Sequence[Order], heading: Heading | None) -> str:
    count, named = len(orders), {"count": len(orders), "number": orders[0].number}
    text = npgettext(
        "paper",
        "Pick list of %(count)s order, %(number)s",
        "Pick list of %(count)s orders, %(number)s and on",
        count,
    )
    return (f"{heading.number} · " if heading else "") + text % named


def facts(boxes: Sequence[Box], *, paper: str, heading: Heading | None = None) -> dict[str, Any]:
    walk, sheet = stops(boxes), SHEETS[paper]
    _, (letter, number, shipto) = typefaces.fit(sheet.inner, box_columns(boxes))
    stacked, (take, place, sku, into) = typefaces.fit(sheet.inner, *layouts(sheet, walk))
    return {
        "shop": settings.SHOP_NAME,
        "heading": heading,
        "bars_width": heading.width(sheet) if heading else 0,
        "logo": logo.drawn(settings.SHOP_LOGO, logo.scale(sheet)) if settings.SHOP_LOGO else None,
        "boxes": [*zip(boxes, number.sizes, strict=True)],
        "stops": [*zip(walk, take.sizes, place.sizes, sku.sizes, into.sizes, strict=True)],
        "pieces": sum(stop.quantity for stop in walk),
        "sheet": sheet,
        "stacked": stacked,
        "letter": letter,
        "number": number,
        "shipto": shipto,
        "take": take,
        "place": place,
        "article": sku,
        "into": into,
    }


def box_columns(boxes: Sequence[Box]) -> list[typefaces.Column]:
    letters = typefaces.Column([box.letter for box in boxes], 18, 12, 14, padding=13)
    numbers = typefaces.Column([box.order.number for box in boxes], 14, 36, 60)
    return [letters, numbers, typefaces.Column([], 11)]


def layouts(sheet: Sheet, walk: Sequence[Stop]) -> list[list[typefaces.Column]]:
    """As on the slip, with a column more."""
    bins, skus = [stop.bin for stop in walk], [stop.sku for stop in walk]
    side_by_side, stacked = slip.layouts(sheet, bins, [str(stop.quantity) for stop in walk], skus)
    widest = ["W" + max(stop.parts, key=len)[1:] for stop in walk]  # no letter is wider
    into = typefaces.Column(widest, 14, 22 if sheet.small else 28, 32)
    return [[*side_by_side, into], [*stacked, replace(into, share=0)]]


def stops(boxes: Sequence[Box]) -> list[Stop]:
    """Every article once, as a person walks."""
    found: dict[int, Stop] = {}
    for box in boxes:
        for line in box.order.lines.all():
            found.setdefault(line.product_id, Stop(line)).boxes.append((box.letter, line.quantity))
    return sorted(found.values(), key=lambda stop: walking_order(stop.line))
