"""Makes the pictures in docs/images, of slips and of the staff's pages: python -m tests.docs.pictures"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import pypdfium2
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from orders.models import Order

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
SCALE = 1.1  # pixels a point
GAP = 12  # pixels between two sheets
PARCEL = {
    "shipping_name": "Helgi Möller", "shipping_line1": "Laugavegur 26", "shipping_line2": "3. hæð",
    "shipping_postal_code": "101", "shipping_city": "Reykjavík", "shipping_country": "IS",
    "shipping_phone": "+354 555 1234", "reference": "WEB-4711", "note": "Please ring twice.",
}  # fmt: skip
# In eight scripts: the address is Thai, the articles are in seven more.
THAI = {
    "shipping_name": "สมชาย ใจดี", "shipping_line1": "123 ถนนสุขุมวิท", "shipping_postal_code": "10110",
    "shipping_city": "กรุงเทพมหานคร", "shipping_country": "TH", "note": "Ring twice",
}  # fmt: skip
ARTICLES = ["नीला प्याला", "كوب أزرق", "ספל כחול", "青い マグカップ", "파란 머그잔", "Синяя кружка", "ሰማያዊ ኩባያ"]


def order(lines: int, fields: dict[str, str], names: list[str] | None = None) -> "Order":
    from tests.bench.slip import sample

    made: Any = sample(lines)
    for name, value in fields.items():
        setattr(made, name, value)
    for line, text in zip(made.lines.all(), names or [], strict=False):
        line.name = text
    return made


def sheets(made: "Order", paper: str) -> list[Image.Image]:
    from printing.documents.slip import render

    pages = pypdfium2.PdfDocument(render(made, paper=paper).content)
    return [page.render(scale=SCALE).to_pil().convert("L") for page in pages]


def save(name: str, pages: list[Image.Image]) -> None:
    """Side by side, each with a thin edge."""
    pages = [ImageOps.expand(page, 1, 160) for page in pages]
    width = sum(page.width + GAP for page in pages) - GAP
    whole = Image.new("L", (width, max(page.height for page in pages)), 255)
    left = 0
    for page in pages:
        whole.paste(page, (left, 0))
        left += page.width + GAP
    whole.quantize(16).save(IMAGES / name, optimize=True)


def pages() -> None:
    """The staff's pages, in a database of their own that is gone afterwards."""
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases
    from pytest_django.live_server_helper import LiveServer

    from tests.docs import screens
    from tests.servers import browser

    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    server = LiveServer("localhost")
    try:
        screens.prepared()
        with browser.started() as chromium:
            for file in screens.shoot(chromium, server.url, IMAGES):
                print(file.name)
    finally:
        server.stop()
        teardown_databases(made, verbosity=0)


def main() -> None:
    from django.conf import settings

    settings.SHOP_NAME, settings.SHOP_SENDER = "Nordic Things", ["Nordic Things", "Skipagata 5", "600 Akureyri"]
    a4, *_ = sheets(order(4, PARCEL), "a4")
    save("slip-address.png", [a4.crop((0, 0, a4.width, 475)), *sheets(order(4, PARCEL), "4x6")])
    scripts, *_ = sheets(order(len(ARTICLES), THAI, ARTICLES), "a4")
    save("slip-scripts.png", [scripts.crop((0, 0, scripts.width, 640))])
    pages()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    main()
