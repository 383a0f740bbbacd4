"""The staff's pages as the README and the docs show them: photographed in a browser, of the sample desk."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import Resolver404, resolve
from PIL import Image

from orders.models import Order
from shop.staff.roles import make_roles
from tests.docs.sample_desk import fill
from tests.servers.browser import Chromium, Scheme, Window

SHOP = "Nordic Things"
CHOOSE_THREE = "[...document.querySelectorAll('.action-select')].slice(1, 4).forEach(box => box.click())"


@dataclass(frozen=True)
class Screen:
    """One picture: `path` with {order}, a parked one; `role` looks at it; `first` is done before, in JavaScript."""

    name: str
    path: str
    role: str
    width: int = 1280
    height: int = 800
    scheme: Scheme = "light"
    first: str = ""


SCREENS = [
    Screen("desk-today", "/admin/", "operations"),
    Screen("admin-orders", "/admin/orders/order/", "warehouse", first=CHOOSE_THREE),
    Screen("admin-orders-dark", "/admin/orders/order/", "sales", 820, 1180, "dark"),
    Screen("admin-order", "/admin/orders/order/{order}/change/", "operations"),
    Screen("desk-pack", "/desk/pack", "warehouse", 820, 1180),
    # Further pictures come here; a page that is not there is left out.
]


def prepared() -> None:
    """The sample desk, with somebody of each role."""
    admin.site.site_header = admin.site.site_title = SHOP
    make_roles()
    for name, role in {"sara": "sales", "wim": "warehouse", "olga": "operations"}.items():
        User.objects.create_user(name, is_staff=True).groups.add(Group.objects.get(name=role))
    fill()


def shoot(chromium: Chromium, url: str, folder: Path) -> list[Path]:
    """Photographs all of them, of the desk at `url`; returns the files."""
    return [_one(chromium, url, folder, screen) for screen in SCREENS if _is_there(screen.path)]


def _is_there(path: str) -> bool:
    try:
        return bool(resolve(path.format(order=1)))
    except Resolver404:
        return False


def _one(chromium: Chromium, url: str, folder: Path, screen: Screen) -> Path:
    window = Window(chromium.browser, width=screen.width, height=screen.height, scheme=screen.scheme)
    client = Client()
    client.force_login(User.objects.get(groups__name=screen.role))
    session = client.cookies["sessionid"].value
    window.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    parked = Order.objects.filter(steps__state="parked").latest("pk")
    window.page.goto(url + screen.path.format(order=parked.pk))
    if screen.first:
        window.page.evaluate(screen.first)
    taken = Image.open(BytesIO(window.page.screenshot(animations="disabled", caret="hide")))
    assert window.complaints == [], window.complaints
    window.close()
    file = folder / f"{screen.name}.png"
    taken.convert("RGB").quantize(128).save(file, optimize=True)
    return file
