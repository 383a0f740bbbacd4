"""Sent twice, without any script: done once."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from orders.models import Deed, Order, PickList, Product
from printing.models import Printer, PrintJob
from shop.staff import once
from tests.factories import make_order
from tests.shop.staff.conftest import settle, staff

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def token(client: Client, page: str) -> str:
    """The one of the page as it is shown now."""
    found = TOKEN.search(client.get(page).content.decode())
    assert found
    return found[1]


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


@pytest.fixture
def orders(printer: Printer) -> list[Order]:
    made = [make_order() for _ in range(28)]
    for order in made:
        settle(order)
    return made


def test_a_pick_list_that_is_asked_for_twice_from_one_page_is_made_once(picker: Client, orders: list[Order]) -> None:
    form = {"csrfmiddlewaretoken": token(picker, "/admin/")}
    first, again = (picker.post("/desk/picklists/next", form) for _ in range(2))
    assert PickList.objects.count() == 1
    assert again["Location"] == first["Location"]
    assert said(again) == [once.TWICE]
    picker.post("/desk/picklists/next", {"csrfmiddlewaretoken": token(picker, "/admin/")})
    assert PickList.objects.count() == 2


def test_a_reprint_that_is_pressed_twice_is_one_copy(boss: Client, orders: list[Order], printer: Printer) -> None:
    job = PrintJob.objects.create(order=orders[0], printer=printer, state="done")
    url = "/admin/printing/printjob/"
    form = {"action": "reprint", "_selected_action": str(job.pk), "confirmed": "yes"}
    form["csrfmiddlewaretoken"] = token(boss, url)
    for _ in range(2):
        boss.post(url, form)
        PrintJob.objects.update(state="done")  # A quick printer.
    assert PrintJob.objects.count() == 2


def test_a_program_that_sends_the_token_of_its_cookie_does_each_time_what_it_says(
    picker: Client, orders: list[Order]
) -> None:
    picker.get("/admin/")
    for _ in range(2):
        picker.post("/desk/picklists/next", {"csrfmiddlewaretoken": picker.cookies["csrftoken"].value})
    assert PickList.objects.count() == 2


def test_another_button_of_the_same_page_is_another_deed(boss: Client, orders: list[Order]) -> None:
    url = "/admin/orders/order/"
    form = {"action": "pack", "csrfmiddlewaretoken": token(boss, url)}
    for order in orders[:2]:
        boss.post(url, form | {"_selected_action": str(order.pk)})
    assert Deed.objects.filter(what=Deed.What.PACKED).count() == 2


def test_what_was_refused_or_only_asked_can_be_sent_again(boss: Client, orders: list[Order]) -> None:
    url = "/admin/orders/order/"
    form = {"action": "cancel", "_selected_action": str(orders[0].pk), "csrfmiddlewaretoken": token(boss, url)}
    assert [boss.post(url, form).status_code for _ in range(2)] == [200, 200]
    assert not Session.objects.filter(pk__startswith="pressed-").exists()


def test_a_form_that_is_saved_twice_adds_one_product_and_leads_to_it(boss: Client) -> None:
    page = "/admin/orders/product/add/"
    form = {
        "sku": "KETTLE-2",
        "name": "Kettle",
        "price": "31.20",
        "active": "on",
        "csrfmiddlewaretoken": token(boss, page),
    }
    form |= {"codes-TOTAL_FORMS": "0", "codes-INITIAL_FORMS": "0"}
    answers = [boss.post(page, form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Product.objects.filter(sku="KETTLE-2").count() == 1


def test_what_broke_is_not_called_done(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    form = {"csrfmiddlewaretoken": token(boss, "/admin/")}
    boss.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("orders.pick_lists.take_next", lambda by: 1 / 0)
        assert boss.post("/desk/picklists/next", form).status_code == 500
    assert said(boss.post("/desk/picklists/next", form)) != [once.TWICE]


def test_a_repeat_that_comes_while_the_first_is_at_work_says_so(boss: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "BETWEEN", 0)
    monkeypatch.setattr("orders.pick_lists.take_next", lambda by: pytest.fail("it was done twice"))
    form = {"csrfmiddlewaretoken": token(boss, "/admin/")}
    monkeypatch.setattr(Session.objects, "get_or_create", lambda **row: (Session(pk="pressed-1"), False))
    answer = boss.post("/desk/picklists/next", form, headers={"referer": "http://testserver/admin/?x=1"})
    assert (answer["Location"], said(answer)) == ("/admin/?x=1", [once.RUNNING])


@pytest.mark.django_db(transaction=True)
def test_of_four_presses_at_one_moment_one_counts(printer: Printer) -> None:
    for _ in range(60):
        settle(make_order())
    client = staff("warehouse")
    form = {"csrfmiddlewaretoken": token(client, "/admin/")}

    def press(_: int) -> str:
        mine = Client()
        mine.cookies = client.cookies
        try:
            return str(mine.post("/desk/picklists/next", form)["Location"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as presses:
        led = set(presses.map(press, range(4)))
    assert (PickList.objects.count(), len(led)) == (1, 1)
