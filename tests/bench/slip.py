"""How long a slip takes, beside a plain `pisa.CreatePDF` of the same template. Run by `bin/bench slip`.

The plain way reads its typefaces by @font-face, counts the pages with <pdf:pagecount> (and so draws all twice) and
lets ReportLab draw the QR code. Both are measured in turns in one process, so that they share whatever the machine
is doing; what counts is their ratio.
"""

import argparse
import gc
import io
import os
import re
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.template.loader import render_to_string
from xhtml2pdf import pisa

from orders.models import Order, OrderLine, Product
from printing import codes, typefaces
from printing.slip import facts, render

LIMIT = 0.4


def plain_html(order: Order) -> str:
    """The slip's own template, as one would write it without knowing what costs."""
    html = render_to_string("printing/slip.html", facts(order, copy=1))
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


def compare(order: Order, rounds: int) -> tuple[float, float]:
    """Median seconds of ours and of the plain way, measured in turns; both warmed up before."""
    ways = (render, plain)
    for way in ways:
        way(order)
    times = [[timed(way, order) for way in ways] for _ in range(rounds)]
    ours, plains = zip(*times, strict=True)
    return statistics.median(ours), statistics.median(plains)


def resident(order: Order, *, slips: int) -> int:
    """Bytes of memory this process holds after drawing so many more slips."""
    for _ in range(slips):
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
    order._prefetched_objects_cache = {"lines": found}
    return order


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what was measured; 1 if a slip takes more than LIMIT of the plain way's time, or memory grows."""
    options = argparse.ArgumentParser(prog="bin/bench slip", description=__doc__)
    options.add_argument("--rounds", type=int, default=40, help="measurements of each way")
    options.add_argument("--lines", type=int, default=10, help="lines of the order")
    options.add_argument("--slips", type=int, default=1000, help="slips to draw for the memory")
    given = options.parse_args(arguments)
    order = sample(given.lines)
    ours, plains = compare(order, given.rounds)
    ratio = ours / plains
    print(f"slip of {given.lines} lines: {ours * 1000:.1f} ms, plain {plains * 1000:.1f} ms")
    print(f"ratio {ratio:.3f}, at most {LIMIT}")
    early, late = resident(order, slips=given.slips // 10), resident(order, slips=given.slips * 9 // 10)
    grown = (late - early) / 1e6
    print(f"memory after {given.slips // 10} slips {early / 1e6:.0f} MB, after {given.slips} {late / 1e6:.0f} MB")
    return int(ratio > LIMIT or grown > 5)
