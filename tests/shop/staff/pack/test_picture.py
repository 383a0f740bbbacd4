"""The picture in docs/packing.md. `PICTURES=1 bin/test tests/shop/staff/pack/test_picture.py` makes it anew."""

import io
import os
from collections.abc import Callable

from django.test import Client
from PIL import Image
from pytest_django.live_server_helper import LiveServer

from orders.models import Product
from tests.docs.pictures import IMAGES
from tests.servers.browser import Window
from tests.shop.staff.pack.conftest import COFFEE, TEAPOT, WHISK, make_packable
from tests.shop.staff.pack.desk_window import Station

PICTURE = IMAGES / "pack-station.png"


def test_the_docs_have_a_picture_of_the_station(
    window: Window,
    live_server: LiveServer,
    sign_in: Callable[[Client, str], None],
    wim: Client,
    products: list[Product],
) -> None:
    coffee, teapot, filters, _ = products
    order = make_packable(
        [(coffee, 1), (teapot, 12), (filters, 21)], number="7K3M-Q9TX-2BDF", customer_name="Emma Smith",
        note="GIFT, NO INVOICE",
    )  # fmt: skip
    window.resize(820, 700)
    sign_in(wim, live_server.url)
    station = Station(window, live_server.url)
    station.scan(order.number, COFFEE, "2", TEAPOT, WHISK)
    station.says("3 of 34 pieces", "NOT IN THIS ORDER: Whisk.")
    picture = Image.open(io.BytesIO(window.page.screenshot()))
    assert picture.size == (820, 700)
    if os.environ.get("PICTURES"):
        picture.convert("RGB").quantize(64).save(PICTURE, optimize=True)
    assert PICTURE.exists()
