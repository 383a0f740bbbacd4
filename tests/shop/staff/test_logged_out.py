"""A login that ends in the middle: whoever presses a button then is told that it was not done, and comes back to it."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from orders.models import Order, PickList
from shop.staff.logged_out import WORDS
from tests.factories import make_order
from tests.servers.browser import Window
from tests.shop.staff.conftest import settle, staff

pytestmark = pytest.mark.django_db
LISTS = "/admin/orders/order/"
NEXT_LIST = "/desk/picklists/next"


def pressed(path: str, came_from: str = "", **sent: str) -> str:
    """The page that a login leads to, of who presses something that leads to `path` and is not logged in."""
    answer = Client(headers={"Referer": came_from} if came_from else {}).post(path, sent)
    assert answer.status_code == 302
    where = urlsplit(answer["Location"])
    assert where.path == "/admin/login/"
    return parse_qs(where.query)["next"][0]


@pytest.mark.parametrize(
    ("path", "came_from", "back"),
    [
        (NEXT_LIST, "http://testserver/admin/", "/admin/"),
        (NEXT_LIST, "http://testserver/desk/picklists?open=1#top", "/desk/picklists?open=1"),
        (LISTS, "http://testserver/admin/orders/order/17/change/", "/admin/orders/order/17/change/"),
        (NEXT_LIST, "", "/admin/"),
        (NEXT_LIST, "https://elsewhere.example/desk/picklists", "/admin/"),
        (NEXT_LIST, "http://testserver//elsewhere.example/", "/admin/"),
        ("/admin/printing/printjob/", "about:blank", "/admin/"),
    ],
)
def test_after_the_login_comes_the_page_with_the_button(path: str, came_from: str, back: str) -> None:
    assert pressed(path, came_from) == back


def test_no_login_leads_to_another_host() -> None:
    User.objects.create_user("wim", password="right", is_staff=True)
    answer = Client().post("/admin/login/?next=//elsewhere.example/", {"username": "wim", "password": "right"})
    assert answer["Location"] == "/admin/"


def test_logging_out_twice_is_no_trouble() -> None:
    answer = Client().post("/admin/logout/", follow=True)
    assert answer.status_code == 200
    assert WORDS not in answer.text


def test_a_worker_whose_login_ended_is_told_and_presses_again(
    window: Window, live_server: LiveServer, sign_in: Callable[[Client, str], None]
) -> None:
    order = make_order()
    settle(order)
    sign_in(staff("warehouse"), live_server.url)
    for path, button in ((f"{LISTS}{order.pk}/change/", "Mark as packed"), ("/desk/picklists", "Pick list of")):
        Order.objects.filter(pk=order.pk).update(status="processed")
        # With the paper that stands in the page, which comes later: without a login no page may be framed.
        window.page.goto(f"{live_server}{path}", wait_until="networkidle")
        Session.objects.all().delete()
        window.page.get_by_role("button", name=button).click()
        window.page.get_by_text(WORDS).wait_for()
        assert Order.objects.get().status == "processed"
        window.page.get_by_label("Username").fill("warehouse")
        window.page.get_by_label("Password").fill("x")
        window.page.keyboard.press("Enter")
        window.page.wait_for_url(f"{live_server}{path}")
        window.page.get_by_role("button", name=button).click()
        window.page.wait_for_load_state()
        window.page.locator(".messagelist, .desk-question").first.wait_for()
    assert PickList.objects.count() == 1
