"""How long a slip takes, beside a plain `pisa.CreatePDF` of the same template. Run by `bin/bench slip`.

The plain way reads its typefaces by @font-face, counts the pages with <pdf:pagecount> (and so draws all twice) and
lets ReportLab draw the QR code. Both are measured in turns in one process, so that they share whatever the machine
is doing; what counts is their ratio.
"""

import gc
import io
import os
import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path

from django.template.loader import render_to_string
from xhtml2pdf import pisa

from orders.models import Order, OrderLine, Product
from printing.documents import codes, typefaces
from printing.documents.slip import facts, render
from tests.bench.ground import Ground
from tests.bench.report import Figure, at_most, compared

# Letters of scripts: some are drawn by the page's typefaces, some as pictures.
SCRIPTS = {
    "Latin": range(0x61, 0x7B),
    "Thai": range(0xE01, 0xE2F),
    "Cyrillic": range(0x430, 0x450),
    "Devanagari": range(0x915, 0x93A),
    "Arabic": range(0x641, 0x649),
    "Khmer": range(0x1780, 0x17A3),
    "Hebrew": range(0x5D0, 0x5EB),
    "Ethiopic": range(0x1210, 0x1240),
    "Chinese": range(0x4E00, 0x5E00),
    "Bengali": range(0x995, 0x9A9),
    "Korean": range(0xAC00, 0xB000),
    "Burmese": range(0x1000, 0x1021),
}


def plain_html(order: Order) -> str:
    """The slip's own template, as one would write it without knowing what costs."""
    html: str = render_to_string("printing/slip.html", facts(order, copy=1))
    faces = "".join(
        f"@font-face {{ font-family: {family}; src: url({typefaces.FOLDER / file}); font-weight: {weight}; }}"
        for family, files in typefaces.FAMILIES.items()
        for weight, file in zip(("normal", "bold"), files, strict=True)
    )
    frame = "@frame footer { -pdf-frame-content: footer; bottom: 5mm; left: 12mm; right: 12mm; height: 8mm; }"
    html = re.sub(r"(@page \{[^}]*)\}", lambda page: page[1] + frame + "}", html, count=1)
    html = html.replace("<style>", "<style>" + faces, 1)
    qr = f'<pdf:barcode value="{order.number}" type="qr" barwidth="30mm" barheight="30mm" />'
    code128 = f'<pdf:barcode value="{order.number}" type="code128" barwidth="0.4mm" barheight="14mm" />'
    html = html.replace(f'<img class="code128" src="{codes.code128(order.number)}" />', code128)
    html = re.sub(r'<img class="qr"[^>]*>', qr, html, count=1)
    footer = f'<div id="footer">{order.number} · rev 1 · copy 1 · page <pdf:pagenumber /> of <pdf:pagecount /></div>'
    return html.replace("<body>", "<body>" + footer, 1)


def plain(order: Order) -> bytes:
    out = io.BytesIO()
    status = pisa.CreatePDF(plain_html(order), dest=out)
    if status.err:
        raise RuntimeError("the plain way did not draw the slip")
    return out.getvalue()


def timed(draw: Callable[[Order], object], order: Order) -> float:
    """Seconds."""
    started = time.perf_counter()
    draw(order)
    return time.perf_counter() - started


def resident(orders: Iterator[Order], *, slips: int) -> int:
    """Bytes of memory this process holds after drawing so many more slips, one of each order."""
    for order in islice(orders, slips):
        render(order)
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def sample(lines: int = 10) -> Order:
    """An order as it comes from the database, without one."""
    order = Order(
        pk=1, number="7K3M-Q9TX-2BDF", customer_name="Helgi Möller", note="Please ring twice.", currency="EUR"
    )
    order.created_at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    names = ["Enamel mug, blue", "Wool blanket", "Garden shears, 21 cm, with a leather case", "Tea towel, 2 pieces"]
    rows = []
    for n in range(lines):
        product = Product(pk=n + 1, bin_location=f"{'ABC'[n % 3]}-{n:02}-{n % 4}")
        rows.append(
            OrderLine(order=order, product=product, sku=f"SKU-{n:03}", name=names[n % 4], quantity=1 + (n % 3) * 2)
        )
    found = OrderLine.objects.none()
    found._result_cache = rows
    order._prefetched_objects_cache = {"lines": found}  # type: ignore[attr-defined]
    return order


def in_script(name: str, number: int) -> Order:
    """An order for somebody whose name, street and note are in that script, and in no order with another number."""
    order, letters = sample(), SCRIPTS[name]
    picked = random.Random(number)
    words = ["".join(chr(picked.choice(letters)) for _ in range(6)) for _ in range(8)]
    order.customer_name, order.shipping_line1, order.note = " ".join(words[:2]), words[2] + " 5", " ".join(words[3:])
    order.shipping_city, order.shipping_country = words[3], "DE"
    return order


def mixed() -> Iterator[Order]:
    """Orders in all scripts in turns, without end and without one that was before."""
    names = list(SCRIPTS)
    return (in_script(names[number % len(names)], number) for number in count())


def addressed(ground: Ground) -> list[Figure]:
    """What an address costs, and what it costs to have texts drawn as pictures: each text is a new one."""
    turns = 6 if ground.quick else 60
    bare, latin, named, thai = [], [], [], []
    for number in range(turns):
        pictured, latin_too = in_script("Thai", number), in_script("Latin", number)
        bare.append(timed(render, sample()) * 1000)
        latin.append(timed(render, latin_too) * 1000)
        thai.append(timed(render, pictured) * 1000)
        latin_too.customer_name = in_script("Thai", -1 - number).customer_name
        named.append(timed(render, latin_too) * 1000)
    return [
        compared("slip", "with an address", latin, "without", bare, "ms"),
        compared("slip", "a name drawn as pictures", named, "in Latin letters", latin, "ms", at_most(1.3)),
        compared("slip", "all its texts, eight words", thai, "in Latin letters", latin, "ms"),
    ]


def slip(ground: Ground) -> list[Figure]:
    """Both ways in turns; then the memory after many slips beside that after some."""
    order = sample()
    for way in (render, plain):
        way(order)
    pairs = [(timed(render, order), timed(plain, order)) for _ in range(6 if ground.quick else 60)]
    ours, plains = ([pair[place] * 1000 for pair in pairs] for place in (0, 1))
    slips = 50 if ground.quick else 1000
    orders = mixed()
    early = resident(orders, slips=slips // 10) / 1e6
    late = resident(orders, slips=slips * 9 // 10) / 1e6
    return [
        compared("slip", "ten lines", ours, "plain pisa.CreatePDF", plains, "ms", at_most(0.25)),
        *addressed(ground),
        compared(
            "slip",
            f"memory after {slips} slips in {len(SCRIPTS)} scripts",
            [late],
            f"after {slips // 10}",
            [early],
            "MB",
            at_most(1.05),
        ),
    ]
