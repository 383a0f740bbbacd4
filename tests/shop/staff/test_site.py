"""The pages of the site, and who may open them."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders import api_keys
from orders.models import ApiKey, Attempt, DeadLetter, Deed, Destination, Order, Product, Step
from orders.models.api_key import Scope
from printing.models import Printer, PrintJob
from shop.staff.site import PAGES, DeskSite
from shop.unreadable import LONGEST, WORDS
from tests.shop.staff.conftest import park, staff

ROOT = Path(__file__).parents[3]
LISTS = ["order", "step", "destination", "deadletter", "product", "deed"]

SALES, WAREHOUSE, OPERATIONS = {"sales"}, {"warehouse"}, {"operations"}
PRINTING = WAREHOUSE | OPERATIONS
ALL = SALES | WAREHOUSE | OPERATIONS
NOBODY: set[str] = set()

# Who may open what, superusers aside. Django answers the others with 403, and with 404 on the page of a whole app.
MAY_OPEN = {
    "": ALL | {"no role"},
    "password_change/": ALL | {"no role"},
    "orders/": ALL,
    "orders/order/": ALL,
    "orders/order/add/": NOBODY,
    "orders/order/{order}/change/": ALL,
    "orders/order/{order}/history/": ALL,
    "orders/order/{order}/delete/": NOBODY,
    "orders/order/{order}/parcels/": WAREHOUSE,
    "orders/order/{order}/slip.pdf": ALL,
    "orders/step/": ALL,
    "orders/step/since/": PRINTING,
    "orders/step/add/": NOBODY,
    "orders/step/{step}/change/": ALL,
    "orders/step/{step}/history/": ALL,
    "orders/step/{step}/delete/": NOBODY,
    "orders/destination/": ALL,
    "orders/destination/add/": NOBODY,
    "orders/destination/{destination}/change/": ALL,
    "orders/destination/{destination}/history/": ALL,
    "orders/destination/{destination}/delete/": NOBODY,
    "orders/deadletter/": OPERATIONS,
    "orders/deadletter/add/": NOBODY,
    "orders/deadletter/{deadletter}/change/": OPERATIONS,
    "orders/deadletter/{deadletter}/history/": OPERATIONS,
    "orders/deadletter/{deadletter}/delete/": OPERATIONS,
    "orders/deed/": ALL,
    "orders/deed/add/": NOBODY,
    "orders/deed/{deed}/change/": ALL,
    "orders/deed/{deed}/history/": ALL,
    "orders/deed/{deed}/delete/": NOBODY,
    "orders/apikey/": OPERATIONS,
    "orders/apikey/add/": OPERATIONS,
    "orders/apikey/{apikey}/change/": OPERATIONS,
    "orders/apikey/{apikey}/history/": OPERATIONS,
    "orders/apikey/{apikey}/delete/": NOBODY,
    "orders/product/": ALL,
    "orders/product/add/": SALES,
    "orders/product/import/": SALES,
    "orders/product/export/products.csv": ALL,
    "orders/product/export/products.xlsx": ALL,
    "orders/product/{product}/change/": ALL,
    "orders/product/{product}/history/": ALL,
    "orders/product/{product}/delete/": SALES,
    "printing/": PRINTING,
    "printing/printer/": PRINTING,
    "printing/printer/add/": OPERATIONS,
    "printing/printer/{printer}/change/": PRINTING,
    "printing/printer/{printer}/history/": PRINTING,
    "printing/printer/{printer}/delete/": NOBODY,
    "printing/printjob/": PRINTING,
    "printing/printjob/add/": NOBODY,
    "printing/printjob/{printjob}/change/": PRINTING,
    "printing/printjob/{printjob}/history/": PRINTING,
    "printing/printjob/{printjob}/delete/": NOBODY,
    "trouble/": ALL,
    "attention/": OPERATIONS,
    "integrations/": SALES | OPERATIONS,
    "integrations/connection/": OPERATIONS,
    "integrations/purchase/": SALES | OPERATIONS,
    "integrations/purchase/?format=csv": SALES | OPERATIONS,
    "axes/": OPERATIONS,
    "axes/accessattempt/": OPERATIONS,
    "axes/accessattempt/add/": NOBODY,
    "axes/accessattempt/{accessattempt}/change/": OPERATIONS,
    "axes/accessattempt/{accessattempt}/history/": OPERATIONS,
    "axes/accessattempt/{accessattempt}/delete/": OPERATIONS,
    "auth/": OPERATIONS,
    "auth/user/": OPERATIONS,
    "auth/user/{user}/change/": OPERATIONS,
    "auth/group/": NOBODY,
    "auth/group/{group}/change/": NOBODY,
}


REFUSALS = {403: "Not for you", 404: "Nothing here"}


@pytest.fixture
def rows(job: PrintJob, order: Order) -> dict[str, Model | None]:
    """A row of every model that has pages, by the model's name."""
    found = {
        ApiKey: api_keys.make("front", Scope, by="lena")[0],
        Destination: Destination.objects.create(name="sap"),
        DeadLetter: DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x"),
        Deed: Deed.objects.create(at=timezone.now(), by="lena", what="packed", model="order", row="1", name="<b>"),
        User: User.objects.create_user("somebody"),
        Group: Group.objects.create(name="some"),
        AccessAttempt: AccessAttempt.objects.create(username="wim", ip_address="10.0.0.7", failures_since_start=5),
    } | {model: model.objects.first() for model in (Order, Step, Product, Printer, PrintJob)}
    return {str(model._meta.model_name): row for model, row in found.items()}


def urls(rows: dict[str, Model | None]) -> Iterator[tuple[str, set[str]]]:
    keys = {name: row.pk for name, row in rows.items() if row}
    return ((f"/admin/{url.format(**keys)}", roles) for url, roles in MAY_OPEN.items())


@pytest.mark.parametrize("role", ["sales", "warehouse", "operations", "no role"])
def test_each_role_opens_the_pages_it_may(rows: dict[str, Model | None], role: str) -> None:
    Group.objects.get_or_create(name="no role")
    client = staff(role)
    for url, roles in urls(rows):
        refusal = (
            404 if re.fullmatch(r"/admin/\w+/", url) and url not in ("/admin/trouble/", "/admin/attention/") else 403
        )
        response = client.get(url)
        assert response.status_code == (200 if role in roles else refusal), url
        if role not in roles:
            assert f"<h1>{REFUSALS[refusal]}</h1>" in response.text, url
            assert 'class="button">To the front page</a>' in response.text, url


def test_strangers_and_customers_see_the_logon_only(rows: dict[str, Model | None]) -> None:
    for url, _ in urls(rows):
        response = Client().get(url)
        assert (response.status_code, response["Location"].partition("?")[0]) == (302, "/admin/login/"), url


def test_the_table_names_every_model_and_every_page() -> None:
    lists = {f"{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry}
    assert lists | {page.path for page in PAGES} <= set(MAY_OPEN)


def test_every_page_of_the_site_opens_for_a_superuser(boss: Client, rows: dict[str, Model | None]) -> None:
    opened = [reverse("admin:index"), *(reverse(f"admin:{page.name}") for page in PAGES)]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = rows[str(model._meta.model_name)]
        assert row
        opened += [reverse(f"{name}_changelist")]
        opened += [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history")]
    for url in opened:
        assert boss.get(url).status_code == 200, url
    assert len(opened) > 25


def test_addresses_staff_have_bookmarked_stay() -> None:
    assert reverse("admin:connections") == "/admin/integrations/connection/"
    assert reverse("admin:figures") == "/admin/integrations/purchase/"


@pytest.mark.parametrize(
    ("role", "entries"),
    [("sales", ["Figures"]), ("warehouse", []), ("operations", ["Connections", "Figures"])],
)
@pytest.mark.parametrize("url", ["/admin/", "/admin/orders/order/"])
def test_pages_are_listed_among_the_apps_for_those_who_may_open_them(
    db: None, url: str, role: str, entries: list[str]
) -> None:
    page = staff(role).get(url)
    names = [app["name"] for app in page.context["available_apps"]]
    assert names == sorted(names)
    found = [app for app in page.context["available_apps"] if app["name"] == "Integrations"]
    assert [entry["name"] for app in found for entry in app["models"]] == entries
    assert [app["app_url"] for app in found] == (["/admin/integrations/"] if entries else [])
    assert all(f'href="{entry["admin_url"]}"' in page.text for app in found for entry in app["models"])


def test_the_site_is_the_desks_own_and_has_its_name(boss: Client) -> None:
    assert isinstance(admin.site, DeskSite)
    assert f"<title>Today | {settings.SHOP_NAME}</title>" in " ".join(boss.get("/admin/").text.split())


def test_no_admin_is_registered_twice_or_taken_away() -> None:
    sources = [path for app in ("shop", "orders", "integrations", "printing") for path in (ROOT / app).rglob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    registered = re.findall(r"@admin\.register\((.+)\)", text)
    assert len(registered) == len(set(registered)) == 10
    assert "unregister" not in text
    assert "site.register(" not in text


def test_no_proxy_model_stands_in_for_a_page() -> None:
    assert [model for model in apps.get_models() if model._meta.proxy] == []


@pytest.mark.parametrize("model", LISTS)
def test_every_list_and_page_opens(boss: Client, order: Order, model: str) -> None:
    step = park(order)
    Attempt.objects.create(step=step, number=1, started_at=timezone.now(), outcome="permanent", answer="<b>no</b>")
    letter = DeadLetter.objects.create(queue="sap", reason="broken", body=b"\xff<script>")
    page = boss.get(f"/admin/orders/{model}/")
    assert page.status_code == 200
    Deed.remember(Deed.What.PACKED, [order], by="<b>no</b>", detail="<b>no</b>")
    rows = {"order": order, "step": step, "destination": Destination(name="sap"), "deadletter": letter}
    rows["deed"] = Deed.objects.get()
    row = rows.get(model, Product.objects.first())
    assert row
    page = boss.get(f"/admin/orders/{model}/{row.pk}/change/")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<b>no</b>" not in page.text


@pytest.mark.parametrize("path", ["/admin/orders/order/", "/desk/find", "/admin/"])
@pytest.mark.parametrize("query", ["q=" + "x" * 7_000, "&".join(["a=1"] * 1_500), "%ff%00&" * 900])
def test_an_address_of_seven_thousand_signs_gets_a_page_of_the_desk(boss: Client, path: str, query: str) -> None:
    page = boss.get(f"{path}?{query}", follow=True)
    assert page.status_code in (200, 400)
    assert page["Content-Type"].startswith("text/html")
    assert "desk-head" in page.text


def test_how_long_an_address_may_be_is_said_as_gunicorn_has_it() -> None:
    assert f"limit_request_line = {LONGEST}\n" in (ROOT / "gunicorn.conf.py").read_text()
    assert f"{LONGEST:,} bytes" in WORDS[HTTPStatus.REQUEST_URI_TOO_LONG]
