"""Sent twice, without any script: done once."""

import re
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import OperationalError, connection
from django.test import Client, RequestFactory

from orders.database.clock import from_now
from orders.models import ApiKey, Deed, Order, PickList, Product
from printing.models import Printer, PrintJob
from shop.staff import once
from shop.staff.admin.api_key import MADE
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


def test_what_broke_is_not_called_done(boss: Client, orders: list[Order], monkeypatch: pytest.MonkeyPatch) -> None:
    form = {"csrfmiddlewaretoken": token(boss, "/admin/")}
    boss.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("orders.pick_lists.take_next", lambda by: 1 / 0)
        assert boss.post("/desk/picklists/next", form).status_code == 500
    assert not Session.objects.filter(pk__startswith="pressed-").exists()
    assert boss.post("/desk/picklists/next", form)["Location"] == f"/desk/picklists/{PickList.objects.get().pk}"


@pytest.fixture
def form(boss: Client, orders: list[Order]) -> dict[str, str]:
    """That of the button for the next pick list."""
    return {"csrfmiddlewaretoken": token(boss, "/admin/")}


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> Session:
    """What a first press has noted that is at work."""
    monkeypatch.setattr(once, "BETWEEN", 0)
    monkeypatch.setattr(once, "pressed", lambda request: "pressed-1")
    data = Session.objects.encode({})
    return Session.objects.create(pk="pressed-1", session_data=data, expire_date=from_now(once.KEPT))


def test_a_repeat_that_comes_while_the_first_is_at_work_says_so(
    boss: Client, form: dict[str, str], row: Session
) -> None:
    answer = boss.post("/desk/picklists/next", form, headers={"referer": "http://testserver/admin/?x=1"})
    assert (answer["Location"], said(answer)) == ("/admin/?x=1", [once.RUNNING])
    assert not PickList.objects.exists()


def test_a_repeat_is_the_first_when_what_it_waits_for_led_nowhere(
    boss: Client, form: dict[str, str], row: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "sleep", lambda _: Session.objects.filter(pk="pressed-1").delete())
    answer = boss.post("/desk/picklists/next", form)
    assert answer["Location"] == f"/desk/picklists/{PickList.objects.get().pk}"


def test_a_row_that_goes_between_two_looks_is_no_error(
    boss: Client, form: dict[str, str], row: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not once._begun(row.pk)  # Somebody was faster.
    monkeypatch.setattr(once, "_taken_over", lambda row: Session.objects.filter(pk=row.pk).delete() and False)
    assert boss.post("/desk/picklists/next", form).status_code == 302
    assert PickList.objects.count() == 1


def test_what_a_press_that_died_has_left_is_taken_over_by_one(boss: Client, form: dict[str, str], row: Session) -> None:
    Session.objects.update_or_create(pk=row.pk, defaults={"expire_date": from_now(once.KEPT - once.LONGEST)})
    seen = Session.objects.get(pk=row.pk)
    assert [once._taken_over(seen) for _ in range(2)] == [True, False]
    Session.objects.filter(pk=row.pk).update(expire_date=from_now(once.KEPT - once.LONGEST))
    boss.post("/desk/picklists/next", form)
    assert PickList.objects.count() == 1


def test_an_error_of_the_note_does_not_hide_that_of_the_view(
    boss: Client, form: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(sessions: object) -> None:
        raise OperationalError("the database is gone")

    monkeypatch.setattr("orders.pick_lists.take_next", lambda by: 1 / 0)
    monkeypatch.setattr("django.db.models.query.QuerySet.delete", gone)
    with pytest.raises(ZeroDivisionError):
        boss.post("/desk/picklists/next", form)


def test_a_key_is_made_once_and_a_repeat_says_what_to_do(boss: Client) -> None:
    page = "/admin/orders/apikey/add/"
    fields = {"client": "Till", "scopes": ["orders:read"], "csrfmiddlewaretoken": token(boss, page)}
    first, again = (boss.post(page, fields) for _ in range(2))
    assert (first.status_code, again["Location"], said(again)) == (200, "/admin/orders/apikey/", [MADE])
    url = "/admin/orders/apikey/"
    key = ApiKey.objects.get()
    replace = {"action": "replace", "_selected_action": str(key.pk), "csrfmiddlewaretoken": token(boss, url)}
    answers = [boss.post(url, replace) for _ in range(2)]
    assert ([answer.status_code for answer in answers], said(answers[1])) == ([200, 302], [MADE])
    assert ApiKey.objects.count() == 2


def test_another_file_of_the_same_name_and_size_is_another_press(rf: RequestFactory, boss: Client) -> None:
    keys = set()
    for content in (b"sku;name", b"sku;none", b"sku;name"):
        request = rf.post("/", {"file": SimpleUploadedFile("new.csv", content)})
        request.user = User.objects.get()
        keys.add(once.pressed(request))
        (file,) = request.FILES.values()
        assert isinstance(file, UploadedFile)
        assert file.read() == content
    assert len(keys) == 2


@pytest.mark.django_db(transaction=True)
def test_of_four_presses_at_one_moment_one_counts(printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "LOOKS", 1200)  # A minute: a busy machine.
    for _ in range(60):
        settle(make_order())
    client = staff("warehouse")
    form = {"csrfmiddlewaretoken": token(client, "/admin/")}

    def press(_: int) -> str:
        mine = Client()
        mine.cookies = SimpleCookie({name: one.value for name, one in client.cookies.items()})
        try:
            return str(mine.post("/desk/picklists/next", form)["Location"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as presses:
        led = set(presses.map(press, range(4)))
    assert (PickList.objects.count(), len(led)) == (1, 1)
