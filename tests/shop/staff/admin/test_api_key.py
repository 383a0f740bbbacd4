"""API keys in the admin: shown once, and nothing keeps them."""

import re
from collections.abc import Callable

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from orders import api_keys
from orders.models import ApiKey, Deed
from orders.models.api_key import Scope
from tests.servers.browser import Window
from tests.shop.staff.conftest import act, staff

KEY = re.compile(r"desk_[0-9a-f]{12}_[0-9a-f]{48}")
FORM = {"client": " Web shop ", "scopes": ["orders:read", "orders:write"]}


def test_a_key_is_made_by_operations_and_shown_once(db: None) -> None:
    client = staff("operations")
    page = client.post("/admin/orders/apikey/add/", FORM)
    (text,) = KEY.findall(page.text)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    key = api_keys.find(text)
    assert key
    assert (key.client, key.scopes, key.expires_at) == ("Web shop", "orders:write orders:read", None)
    assert Deed.objects.get().by == "operations"
    secret = text.rpartition("_")[2]
    for url in ("", f"{key.pk}/change/", f"{key.pk}/history/", "add/"):
        assert secret not in client.get(f"/admin/orders/apikey/{url}").text
    kept = [*Session.objects.all(), *LogEntry.objects.all(), *Deed.objects.all()]
    decoded = [row.get_decoded() if isinstance(row, Session) else vars(row) for row in kept]
    assert secret not in str(decoded)


def test_a_form_that_is_wrong_makes_no_key(boss: Client) -> None:
    wrong: list[dict[str, object]] = [{"client": "a\nb"}, {"client": " "}, {"scopes": []}, {"scopes": ["all"]}]
    wrong += [{"expires_at_0": "2020-01-01", "expires_at_1": "00:00:00"}]
    for change in wrong:
        page = boss.post("/admin/orders/apikey/add/", {**FORM, **change})
        assert 'class="errorlist' in page.text, change
    assert not ApiKey.objects.exists()


def test_a_key_that_ends_says_when(boss: Client) -> None:
    boss.post("/admin/orders/apikey/add/", FORM | {"expires_at_0": "2090-01-01", "expires_at_1": "00:00:00"})
    key = ApiKey.objects.get()
    assert key.expires_at
    assert key.expires_at.year == 2090


def test_a_key_is_replaced_and_revoked_from_its_page(boss: Client) -> None:
    key, text = api_keys.make("front", Scope, by="lena")
    (new,) = KEY.findall(act(boss, "orders/apikey", "replace", key).text)
    assert api_keys.find(new)
    assert api_keys.find(text)
    assert "Revoke 1 key?" in act(boss, "orders/apikey", "revoke", key).text
    assert api_keys.find(text)
    act(boss, "orders/apikey", "revoke", key, confirmed="yes")
    assert api_keys.find(text) is None
    page = boss.get(f"/admin/orders/apikey/{key.pk}/change/").text
    assert "revoked</span>" in page
    assert 'value="revoke"' not in page
    act(boss, "orders/apikey", "replace", key)
    assert ApiKey.objects.count() == 2


def test_the_new_key_fits_on_a_phone(
    boss: Client, live_server: LiveServer, sign_in: Callable[[Client, str], None], window: Window
) -> None:
    sign_in(boss, str(live_server))
    window.page.set_viewport_size({"width": 390, "height": 800})
    window.page.goto(f"{live_server}/admin/orders/apikey/add/")
    window.page.fill("#id_client", "Web shop")
    window.page.check("#id_scopes_0")
    window.page.click("input[name=_save]")
    assert KEY.fullmatch(window.page.inner_text(".desk-key"))
    assert window.page.evaluate("document.documentElement.scrollWidth") <= 390
