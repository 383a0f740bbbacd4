"""The tracking page: for people, on a phone, in the shop's name and language, and nothing personal on it."""

import gettext
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.utils import OperationalError
from django.test import Client
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from orders import addresses
from orders.models import Order, Shipment
from tests.factories import make_order
from tests.servers.browser import Window

ROOT = Path(__file__).resolve().parents[3]
PERSONAL = {
    "customer_name": "Helgi Möller", "note": "Please ring twice", "email": "helgi@example.com", "client": "front",
    "reference": "F-17", "shipping_name": "Jo", "shipping_phone": "+49 30 1", "shipping_line1": "Lindenstr. 1",
    "shipping_postal_code": "10969", "shipping_city": "Berlin", "shipping_country": "DE",
}  # fmt: skip
NOW = datetime(2026, 11, 27, 13, 5, tzinfo=UTC)
SENTENCES = {
    "received": "We have received your order.",
    "processed": "We are preparing your order.",
    "packed": "Your order is packed.",
    "shipped": "Your order is on its way.",
    "cancelled": "This order was cancelled.",
}


def placed(status: str = "received", **fields: Any) -> Order:
    """An order with everything personal on it; each has its own reference."""
    times = {"settled_at": NOW if status == "processed" else None}
    times |= {"cancelled_at": NOW if status == "cancelled" else None}
    reference = {"reference": f"F-17-{Order.objects.count()}"}
    return make_order(status=status, **times | PERSONAL | reference | fields)


def get(order: Order | str, headers: dict[str, str] | None = None) -> Any:
    return Client().get(f"/track/{order}", headers=headers)


def way(page: Any) -> list[tuple[str, str]]:
    """What is said of each milestone: its name, and whether it is reached."""
    return re.findall(r'class="name">([^<]+)</span>\s*<span class="spoken">([^<]+)<', page.text)


def ship_columns() -> dict[str, Any]:
    """Where the order itself counts its parcels, it says that it has one."""
    known = {field.name for field in Order._meta.get_fields()}
    return {"shipment_changes": 1} if "shipment_changes" in known else {}


def add_parcel(order: Order, carrier: str, number: str) -> None:
    Shipment.objects.create(order=order, carrier=carrier, tracking_number=number, created_at=NOW)
    if columns := ship_columns():
        Order.objects.filter(pk=order.pk).update(**columns)


@pytest.mark.parametrize("status", SENTENCES)
def test_it_says_how_far_the_order_is(db: None, settings: Settings, status: str) -> None:
    settings.SHOP_NAME = "Tom & <b>Jerry</b>"
    order = placed(status)
    page = get(order)
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f'<p class="sentence">{SENTENCES[status]}</p>' in page.text
    assert f"<title>Order {order.number} · Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;</title>" in page.text
    assert len(re.findall('aria-current="step"', page.text)) == 1


def test_each_milestone_is_done_or_still_to_come(db: None) -> None:
    names = ["Received", "In preparation", "Packed", "Shipped"]
    for reached, status in enumerate(["received", "processed", "packed", "shipped"], start=1):
        expected = [(name, "done" if place < reached else "not yet") for place, name in enumerate(names)]
        assert way(get(placed(status))) == expected
    assert way(get(placed("cancelled"))) == [("Received", "done"), ("Cancelled", "done")]


def test_times_are_the_shops(db: None, settings: Settings) -> None:
    settings.TIME_ZONE, settings.SHOP_LANGUAGE = "Europe/Berlin", "de"
    assert "27. November 2026 14:05 CET" in get(placed("processed")).text


@pytest.mark.parametrize("status", SENTENCES)
def test_nothing_personal_is_on_it(db: None, status: str) -> None:
    order = placed(status)
    text = get(order).text
    words = [*PERSONAL.values(), order.reference]
    assert [word for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)] == []
    assert not any(line.sku in text or line.name in text for line in order.lines.all())


def test_a_parcel_is_named_with_its_number(db: None) -> None:
    order = placed("shipped")
    add_parcel(order, "dhl", "JD0146<&>")
    text = get(order).text
    assert "JD0146&lt;&amp;&gt;" in text
    assert re.search("<strong>dhl</strong>", text, re.IGNORECASE)


def test_it_takes_two_statements_and_few_bytes(db: None, django_assert_max_num_queries: Any) -> None:
    order = placed("shipped")
    for number in range(5):
        add_parcel(order, "dhl", f"JD{number}")
    with django_assert_max_num_queries(2):
        page = get(order)
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(files) == 2
    whole = len(page.content) + sum(len(b"".join(Client().get(file))) for file in files)
    assert whole < 30_000


@pytest.mark.parametrize("number", ["7K3M-Q9TX-2BDF", "7k3m", "x", "", "%00", "<b>", "</b>", "a/b/", "a" * 3000])
def test_what_is_no_order_is_a_404_in_the_same_look(db: None, number: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        page = get(number)
    assert page.status_code == 404
    assert "<h1>There is no such order</h1>" in page.text
    assert len(number) < 4 or number not in page.text


def test_a_number_is_found_however_a_person_types_it(db: None) -> None:
    placed(number="01AB-CDEF-GHJK")
    for typed in ("01abcdefghjk", "oiab-cdef-ghjk", "01AB-CDEF-GHJK/"):
        assert get(typed).status_code == 200


def test_a_database_that_is_away_is_said_in_the_same_look(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **named: Any) -> None:
        raise OperationalError("connection refused for user desk")

    monkeypatch.setattr(type(connections["default"]), "cursor", refuse)
    page = get("7K3M-Q9TX-2BDF")
    monkeypatch.undo()
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "Please try again in a few seconds." in page.text
    assert "user desk" not in page.text


def test_so_is_a_gate_that_lets_nobody_in_and_a_fault_of_the_desk(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as stalled:
        stalled.setattr("shop.operations.gate.THE_GATE.enter", lambda kind: None)
        assert (get("x").status_code, "<h1>" in get("x").text) == (503, True)
    monkeypatch.setattr("orders.api.tracking.read_typed", lambda text: 1 / 0)
    page = Client(raise_request_exception=False).get("/track/x")
    assert page.status_code == 500
    assert "Please try again in a few seconds." in page.text


def test_search_engines_scripts_and_other_sites_get_nothing(db: None) -> None:
    for page in (get(placed()), get("x")):
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["Cache-Control"] == "no-store"
        assert "script-src" not in page["Content-Security-Policy"]
        assert page["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script|data:", page.text)
        assert '<meta name="robots" content="noindex, nofollow">' in page.text
        assert not page.cookies


def test_it_is_only_read(db: None) -> None:
    order = placed()
    assert Client().head(f"/track/{order}").status_code == 200
    assert Client(enforce_csrf_checks=True).post(f"/track/{order}").status_code == 405


def test_the_shop_can_tell_customers_where_it_is(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://shop.example.com/desk"
    assert addresses.tracking("7K3M-Q9TX-2BDF") == "https://shop.example.com/desk/track/7K3M-Q9TX-2BDF"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("de", "Ihre Bestellung ist unterwegs."),
        ("fr", "Votre commande est en route."),
        ("es", "Su pedido está en camino."),
        ("is", "Pöntunin þín er á leiðinni."),
    ],
)
def test_it_speaks_the_shops_language(db: None, settings: Settings, language: str, sentence: str) -> None:
    settings.SHOP_LANGUAGE = language
    page = get(placed("shipped"), {"Accept-Language": "ja"})
    assert sentence in page.text
    assert f'<html lang="{language}">' in page.text
    words = set(re.findall(r'pgettext\(\s*"tracking", "([^"]+)"', (ROOT / "orders/api/tracking.py").read_text()))
    compiled = ROOT / "orders" / "locale" / language / "LC_MESSAGES" / "django.mo"
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert len(words) == 19
    assert {word for word in words if catalogue.pgettext("tracking", word) == word} == set()
    assert "There is no such order" not in get("x").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_in_a_browser_it_is_whole_and_everybody_can_use_it(
    live_server: LiveServer, window: Window, settings: Settings, width: int, scheme: str
) -> None:
    settings.SHOP_NAME = "Freifrau Wilhelmine-Charlotte von der Recke-Volmersteins Kaffeerösterei"
    window.allowed = ["404 (Not Found)"]
    window.resize(width)
    window.switch_to("dark" if scheme == "dark" else "light")
    parcel = placed("shipped")
    add_parcel(parcel, "a-carrier" * 3, "9" * 64)
    for order in (parcel, placed("received"), placed("cancelled"), "nothing"):
        window.page.goto(f"{live_server}/track/{order}")
        assert (window.findings(), window.overflow()) == ([], 0)
