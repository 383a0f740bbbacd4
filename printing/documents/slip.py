"""The pick slip: what a picker in a hurry needs to know about one order. No prices."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from orders.models import Order, OrderLine
from printing.documents import codes, typefaces
from printing.documents.pdf import make_pdf


@dataclass(frozen=True)
class Slip:
    """A PDF, and what staff should know about it (sentences without customers' names)."""

    content: bytes
    pages: int
    warnings: list[str]


def render(order: Order, *, revision: int = 1, copy: int = 1, paper: str = "a4") -> Slip:
    """Draws the slip of `order` (lines and their products loaded) on "a4", "a5" or "letter".

    The same arguments give the same bytes.
    """
    typed = texts(order)
    html = render_to_string("printing/slip.html", facts(order, copy=copy, paper=paper))
    warnings = typefaces.warnings(typed)
    footer = f"{order.number} · rev {revision} · copy {copy}"
    pdf = make_pdf(html, title=f"Pick slip {order.number}", footer=footer)
    if pdf.complaints and not warnings:
        warnings = [f"The slip may be incomplete: the renderer reported {len(pdf.complaints)} problem(s)."]
    return Slip(pdf.content, pdf.pages, warnings)


def facts(order: Order, *, copy: int, paper: str = "a4") -> dict[str, Any]:
    """What the template shows."""
    lines = sorted(order.lines.all(), key=walking_order)
    return {
        "shop": settings.SHOP_NAME,
        "order": order,
        "lines": lines,
        "pieces": sum(line.quantity for line in lines),
        "qr": codes.qr(order.number),
        "code128": codes.code128(order.number),
        "reprint": copy if copy > 1 else 0,
        "paper": paper,
        "small": paper == "a5",
    }


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
    return [("customer's name", order.customer_name), ("note", order.note), *products]
