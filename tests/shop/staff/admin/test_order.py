"""Orders: found, packed and shipped, cancelled, picked."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.template import autoreload
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from orders.models import Order, PickList
from printing.models import PrintJob
from shop.staff.admin import selection
from tests.factories import make_order, make_product
from tests.shop.staff.conftest import act, park, settle, staff


@pytest.mark.parametrize("typed", ["{number}", "{lower}", " {bare} ", "helgi", "Möller"])
def test_an_order_is_found_by_its_number_as_typed_and_by_the_customer(boss: Client, order: Order, typed: str) -> None:
    other = make_order(customer_name="Олег")
    number = order.number
    query = typed.format(number=number, lower=number.lower(), bare=number.replace("-", ""))
    page = boss.get("/admin/orders/order/", {"q": query}).text
    assert number in page
    assert other.number not in page


@pytest.mark.parametrize("typed", ["WEB-1001", "web-10", "HELGI@example", "Jóna", "Jo\u0301na"])
def test_an_order_is_found_by_who_gets_it_by_e_mail_and_by_the_client_s_reference(boss: Client, typed: str) -> None:
    order = make_order(
        customer_name="Олег", shipping_name="Jóna", email="helgi@example.com", reference="WEB-1001", client="amqp:shop"
    )
    other = make_order()
    page = boss.get("/admin/orders/order/", {"q": typed}).text
    assert order.number in page
    assert other.number not in page


def test_an_order_s_page_says_where_it_goes(boss: Client) -> None:
    order = make_order(
        email="helgi@example.com", reference="WEB-1001", client="amqp:shop", shipping_name="<b>Jóna",
        shipping_phone="+354 555 1234", shipping_line1="Laugavegur 3", shipping_postal_code="101",
        shipping_city="Reykjavík", shipping_country="IS",
    )  # fmt: skip
    page = boss.get(f"/admin/orders/order/{order.pk}/change/").text
    assert "&lt;b&gt;Jóna<br>Laugavegur 3<br>101 Reykjavík<br>ICELAND" in page
    assert all(text in page for text in ("helgi@example.com", "WEB-1001", "amqp:shop", "+354 555 1234"))
    assert "Please check" not in page
    odd = make_order(shipping_country="DE", shipping_postal_code="<1")
    page = boss.get(f"/admin/orders/order/{odd.pk}/change/").text
    assert "Please check: DE has no postal code like &lt;1; one is 26133." in page
    bare = boss.get(f"/admin/orders/order/{make_order().pk}/change/").text
    assert "Helgi Möller<br>no address" in bare
    assert "a guest" in bare


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"step": "parked"}, True),
        ({"step": "waiting"}, False),
        ({"step": "warning"}, False),
        ({"status__exact": "received"}, True),
        ({"status__exact": "shipped"}, False),
    ],
)
def test_orders_are_filtered_by_status_and_steps(
    boss: Client, order: Order, query: dict[str, str], found: bool
) -> None:
    park(order)
    assert (order.number in boss.get("/admin/orders/order/", query).text) is found


def test_the_list_takes_as_many_statements_for_many_orders_as_for_one(boss: Client, order: Order) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert boss.get("/admin/orders/order/").status_code == 200
        return len(queries)

    one = statements()
    for _ in range(5):
        make_order()
    assert statements() == one


def test_a_list_counts_no_further_than_it_shows(boss: Client, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MOST_ROWS", 2)
    for _ in range(3):
        make_order()
    page = boss.get("/admin/orders/order/")
    assert page.context["cl"].result_count == 2
    assert "The newest 2. Search or filter" in page.text


def test_orders_and_steps_are_neither_added_nor_changed_nor_deleted_by_hand(boss: Client, order: Order) -> None:
    for model, row in (("order", order), ("step", order.steps.first())):
        assert row
        assert boss.get(f"/admin/orders/{model}/add/").status_code == 403
        assert boss.post(f"/admin/orders/{model}/{row.pk}/change/", {"customer_name": "x"}).status_code == 403
        assert boss.post(f"/admin/orders/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    act(boss, "orders/order", "delete_selected", order, post="yes")
    assert Order.objects.get() == order


def test_orders_are_packed_and_shipped_in_their_sequence(order: Order) -> None:
    warehouse = staff("warehouse")
    assert "1 order left alone: 1 × its slip is not out yet." in act(warehouse, "orders/order", "pack", order).text
    order.steps.filter(name="printing").update(state="done")
    assert "1 order left alone: 1 × not packed yet." in act(warehouse, "orders/order", "ship", order).text
    assert "1 order marked as packed" in act(warehouse, "orders/order", "pack", order).text
    assert "1 order left alone: 1 × already packed." in act(warehouse, "orders/order", "pack", order).text
    assert "Which parcel?" in act(warehouse, "orders/order", "ship", order).text
    page = warehouse.post(f"/admin/orders/order/{order.pk}/parcels/", {"ship": ""}, follow=True)
    assert "1 order marked as shipped" in page.text
    order.refresh_from_db()
    assert order.status == "shipped"
    assert [(deed.what, deed.by) for deed in order.deeds.order_by("id")] == [
        ("packed", "warehouse"),
        ("shipped", "warehouse"),
    ]


def test_cancelling_asks_first_and_names_what_has_happened(order: Order) -> None:
    sales = staff("sales")
    settle(order, "received")
    park(order, "printing")
    asked = act(sales, "orders/order", "cancel", order).text
    assert "Left to people to undo: sap (done, 4711), marketing (done, 4711)." in asked
    order.refresh_from_db()
    assert order.status == "received"
    done = act(sales, "orders/order", "cancel", order, confirmed="yes").text
    assert "Left to people to undo: sap (done, 4711), marketing (done, 4711)." in done
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert order.steps.get(name="printing").state == "cancelled"


def test_a_shipped_order_is_not_cancelled(order: Order) -> None:
    settle(order, "shipped")
    page = act(staff("sales"), "orders/order", "cancel", order, confirmed="yes").text
    assert "can&#x27;t be cancelled" in page
    order.refresh_from_db()
    assert order.status == "shipped"


def test_an_action_never_sends_staff_to_another_site(boss: Client, order: Order) -> None:
    response = boss.post(
        "/admin/orders/order/",
        {"action": "pack", "_selected_action": [order.pk], "back": "https://evil.example/"},
    )
    assert response["Location"] == "/admin/orders/order/"


def test_a_pick_list_comes_from_a_selection_of_orders(picker: Client, order: Order) -> None:
    make_order([(make_product(name="Jug", bin_location="C-1"), 1)])
    page = act(picker, "orders/order", "make_pick_list", *Order.objects.all())
    made = PickList.objects.get()
    assert page.redirect_chain == [(f"/desk/picklists/{made.pk}", 302)]
    answer = picker.get(f"/desk/picklists/{made.pk}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_pick_list_of_a_broken_template_says_file_and_line(
    picker: Client, order: Order, settings: Settings, tmp_path: Path
) -> None:
    settings.SHOP_TEMPLATES = tmp_path
    (tmp_path / "printing").mkdir()
    (tmp_path / "printing" / "pick_list.html").write_text("\n{% broken %}")
    autoreload.reset_loaders()
    try:
        act(picker, "orders/order", "make_pick_list", order)
        page = picker.get(f"/desk/picklists/{PickList.objects.get().pk}.pdf").text
    finally:
        settings.SHOP_TEMPLATES = None
        autoreload.reset_loaders()
    assert f"{tmp_path}/printing/pick_list.html, line 2: Invalid block tag" in page


def test_what_is_packed_or_cancelled_is_not_picked_and_is_told(picker: Client, order: Order) -> None:
    others = [make_order(status=status) for status in ("packed", "shipped", "cancelled")]
    page = act(picker, "orders/order", "make_pick_list", *others)
    assert "3 orders not on the pick list: packed, shipped or cancelled." in page.text
    page = act(picker, "orders/order", "make_pick_list", order, *others)
    assert order.number in page.text
    assert "3 orders not on the pick list" in page.text
    page = act(picker, "orders/order", "make_pick_list", order)
    assert "1 order not put on another pick list: on an open one already." in page.text
    assert 'value="make_pick_list"' not in picker.get(f"/admin/orders/order/{others[0].pk}/change/").text


def test_an_order_leads_to_its_print_jobs(picker: Client, job: PrintJob) -> None:
    page = act(picker, "orders/order", "print_jobs", job.order).text
    assert job.name in page


@pytest.mark.parametrize(
    ("currency", "price", "line", "total"),
    [("EUR", "700", "700.00", "1,400.00"), ("JPY", "700", "700", "1,400"), ("KWD", "1.505", "1.505", "3.010")],
)
def test_amounts_have_the_digits_of_the_orders_currency(
    boss: Client, currency: str, price: str, line: str, total: str
) -> None:
    order = make_order([(make_product(price=Decimal(price)), 2)], currency=currency)
    page = boss.get(f"/admin/orders/order/{order.pk}/change/").text
    assert f'<span class="desk-amount">{total} {currency}</span>' in page
    assert re.search(rf'<td class="field-amount">\s*<p>{re.escape(line)}</p>', page)
    named = "" if currency == "EUR" else f" {currency}"
    listed = f'<span class="desk-amount" title="{currency}">{total}{named}</span>'
    assert listed in boss.get("/admin/orders/order/").text


def test_the_list_names_the_currency_of_orders_from_before_the_shops_changed(
    boss: Client, order: Order, settings: Settings
) -> None:
    settings.CURRENCY = "JPY"
    assert '<span class="desk-amount" title="EUR">23.31 EUR</span>' in boss.get("/admin/orders/order/").text


def test_more_orders_than_one_walk_has_room_for_make_several_lists_without_choosing_anew(picker: Client) -> None:
    product = make_product()
    orders = [make_order([(product, 1)], steps=[]) for _ in range(30)]
    done = make_order(status="packed")
    asked = act(picker, "orders/order", "make_pick_list", *orders, done)
    assert "These 30 make 2 lists, the oldest first: 26 + 4. 1 order left out" in asked.text
    assert not PickList.objects.exists()
    chosen = re.search(r'name="asked_about" value="([0-9,]+)"', asked.text)
    assert chosen
    page = act(picker, "orders/order", "make_pick_list", *orders, done, asked_about=chosen[1], confirmed="yes")
    assert page.redirect_chain == [("/desk/picklists", 302)]
    assert [made.entries.count() for made in PickList.objects.order_by("pk")] == [26, 4]


def test_several_orders_are_marked_after_a_question_that_says_which_are_left_alone(picker: Client) -> None:
    ready = [make_order(steps=[]) for _ in range(2)]
    waiting = make_order()
    asked = act(picker, "orders/order", "pack", *ready, waiting).text
    assert "Mark 2 orders as packed?" in asked
    assert "1 order left alone: 1 × its slip is not out yet." in asked
    assert not Order.objects.filter(status="packed").exists()
    said = act(picker, "orders/order", "pack", *ready, waiting, confirmed="yes").text
    assert "2 orders marked as packed. 1 order left alone: 1 × its slip is not out yet." in said
    assert Order.objects.filter(status="packed").count() == 2
