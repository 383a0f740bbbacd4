"""The pack station without JavaScript: each scan is a POST and a row, and the page says what became of it."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from orders import lifecycle, pick_lists
from orders.database.clock import from_now
from orders.models import Deed, Order, PackScan, Product
from printing.models import Printer, PrintJob
from tests.shop.staff.conftest import staff
from tests.shop.staff.pack.conftest import BOX, COFFEE, FILTERS, TEAPOT, WHISK, fill, make_packable
from tests.shop.staff.pack.tablet import Tablet


def cancel(order: Order) -> None:
    lifecycle.cancel_order(order.pk, by="sara")


# --- Opening ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["{}", "https://shop.example/track/{}", "http://desk.lan/order/{}"])
def test_a_slip_opens_its_order(tablet: Tablet, order: Order, form: str) -> None:
    tablet.scan(form.format(order.number).lower())
    assert tablet.number == order.number
    assert "Emma Smith" in tablet.text
    assert "Note: GIFT, NO INVOICE" in tablet.text
    assert "0 of 16 pieces" in tablet.text
    assert tablet.sound == "good"
    assert " packing it." not in tablet.text


def test_others_see_who_is_packing_it(tablet: Tablet, sara: Client, order: Order) -> None:
    tablet.scan(order.number)
    other = Tablet(sara).scan(order.number)
    assert "warehouse is packing it." in other.text
    tablet.press("leave")
    assert "is packing it" not in Tablet(sara).scan(order.number).text


@pytest.mark.parametrize("ago", [1, -1])  # The latter: scanned before the database's clock was set back.
def test_who_went_away_an_hour_ago_is_not_packing_it(tablet: Tablet, sara: Client, order: Order, ago: int) -> None:
    tablet.scan(order.number)
    PackScan.objects.update(at=from_now(-timedelta(hours=ago)))
    assert "is packing it" not in Tablet(sara).scan(order.number).text


def test_an_order_that_sap_has_not_got_may_be_packed(tablet: Tablet, order: Order) -> None:
    order.steps.filter(name="sap").update(state="parked")
    tablet.scan(order.number)
    assert "SAP has not got this order yet. It may be packed." in tablet.text
    fill(tablet).scan()
    order.refresh_from_db()
    assert order.status == "packed"


def test_an_order_whose_slip_is_not_out_is_not_opened(tablet: Tablet, order: Order) -> None:
    order.steps.filter(name="printing").update(state="waiting")
    tablet.scan(order.number)
    assert (tablet.number, tablet.sound) == ("", "bad")
    assert tablet.bars == [f"{order.number}: its slip is not out yet, so it can't be packed."]


@pytest.mark.parametrize("status", ["cancelled", "packed", "shipped"])
def test_an_order_that_is_not_to_be_packed_says_by_whom_and_when(
    tablet: Tablet, order: Order, other: Order, status: str
) -> None:
    done = {
        "cancelled": lambda: cancel(other),
        "packed": lambda: lifecycle.pack(Order.objects.filter(pk=other.pk), by="sara"),
    }
    if status == "shipped":
        done["packed"]()
        lifecycle.ship_order(other.pk, by="sara")
    else:
        done[status]()
    tablet.scan(order.number).scan(COFFEE).scan(other.number)
    assert tablet.number == other.number  # The former order is not left on the screen.
    assert tablet.bars[0].startswith(f"{status.upper()} ")
    assert tablet.bars[0].rstrip(".").endswith("by sara" if status != "cancelled" else "by sara. DO NOT SEND")
    assert tablet.sound == ("good" if status == "packed" else "bad")
    tablet.scan(WHISK)
    assert tablet.sound == "bad"
    assert not PackScan.objects.filter(order=other, kind="counted").exists()
    other.refresh_from_db()
    assert other.status == status


@pytest.mark.parametrize("typed", ["7K3M-Q9TX-2BDF", "7k3mq9tx2bdf", "https://shop.example/track/7K3M-Q9TX-2BDF"])
def test_an_unknown_number_closes_the_former_order(tablet: Tablet, order: Order, typed: str) -> None:
    tablet.scan(order.number).scan(typed)
    assert (tablet.number, tablet.bars, tablet.sound) == ("", [f"No such order: {typed}"], "bad")


def test_another_order_is_opened_at_the_second_scan_while_this_one_is_unfinished(
    tablet: Tablet, order: Order, other: Order
) -> None:
    tablet.scan(order.number).scan(COFFEE).scan(other.number)
    assert tablet.number == order.number
    assert tablet.bars == [f"Leave {order.number} with 15 missing? Scan it again."]
    tablet.scan(f"http://desk.lan/track/{other.number}")
    assert tablet.number == other.number
    tablet.scan(order.number).scan(order.number)
    assert "1 of 16 pieces" in tablet.text


def test_a_scan_between_takes_the_question_back(tablet: Tablet, order: Order, other: Order) -> None:
    tablet.scan(order.number).scan(other.number).scan(COFFEE).scan(other.number)
    assert tablet.number == order.number
    assert "Scan it again." in tablet.bars[0]


def test_an_order_of_which_all_is_said_may_be_left(tablet: Tablet, order: Order, other: Order) -> None:
    tablet.scan(order.number).press("missing").press("missing").press("missing")
    tablet.scan(other.number)
    assert tablet.number == other.number


# --- Counting --------------------------------------------------------------------------------------
def test_articles_count_by_code_box_and_sku(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number).scan(COFFEE)
    assert (tablet.bars, tablet.sound) == (["1 of 1: Filter coffee, ground, 500 g"], "good")
    tablet.scan(BOX)
    assert "12/13" in tablet.text
    tablet.scan("matß0034")
    assert "1/2" in tablet.text
    rows = PackScan.objects.filter(kind="counted").values_list("code", "pieces", "by", "line__sku")
    assert list(rows) == [
        (COFFEE, 1, "warehouse", "CO-500"),
        (BOX, 12, "warehouse", "TP-12"),
        ("matß0034", 1, "warehouse", "MAT-0034"),
    ]


def test_twelve_and_then_a_scan_is_twelve(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number).scan("12")
    assert "12 × what you scan now" in tablet.text
    tablet.scan(TEAPOT)
    assert "12/13" in tablet.text
    tablet.scan(TEAPOT)
    assert "13/13" in tablet.text


def test_a_small_number_that_is_an_article_is_the_article(
    tablet: Tablet, order: Order, products: list[Product]
) -> None:
    Product.objects.filter(pk=products[2].pk).update(sku="2")
    tablet.scan(order.number).scan("2")
    assert "1/2" in tablet.text
    tablet.scan("12 x").scan(TEAPOT)
    assert "12/13" in tablet.text


def test_one_too_many_is_refused_until_it_is_acknowledged(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number).scan(COFFEE).scan(COFFEE)
    refusal = "One too many: Filter coffee, ground, 500 g. Put it back to A-04-2."
    assert tablet.bars[0].startswith(refusal)
    assert tablet.sound == "bad"
    tablet.scan(TEAPOT)
    assert tablet.bars[0].startswith(refusal)  # It stays.
    assert "1/13" in tablet.text
    tablet.scan()
    assert tablet.bars == []
    assert "1/1" in tablet.text


def test_articles_of_other_orders_and_unknown_codes_are_told_apart(tablet: Tablet, order: Order, other: Order) -> None:
    tablet.scan(order.number).scan(WHISK)
    assert tablet.bars[0].startswith("NOT IN THIS ORDER: Whisk. Put it back to A-02-4.")
    tablet.scan().scan("5000112637922")
    assert tablet.bars[0].startswith("Nobody knows this code: 5000112637922.")
    assert not PackScan.objects.filter(kind="counted").exists()


def test_y_and_z_are_exchanged_once_more(tablet: Tablet, order: Order, products: list[Product]) -> None:
    Product.objects.filter(pk=products[2].pk).update(sku="ZY-9")
    tablet.scan(order.number.translate(str.maketrans("YZ", "ZY"))).scan("YZ-9")
    assert "1/2" in tablet.text


def test_without_a_slip_an_article_is_named(tablet: Tablet, order: Order) -> None:
    tablet.scan(WHISK)
    assert tablet.bars == ["Scan a slip first. This is Whisk."]
    tablet.scan("5000112637922")
    assert tablet.bars == ["Nobody knows this: 5000112637922. Scan a slip."]


def test_a_pick_list_is_told_from_a_code_that_nobody_knows(tablet: Tablet, order: Order) -> None:
    walk = pick_lists.take(Order.objects.all(), by="wim")[0]
    tablet.scan(walk.number.lower().replace("-", "ß"))
    assert tablet.bars == [f"This is the pick list {walk}. Scan the slip of one of its orders."]


# --- Once ------------------------------------------------------------------------------------------
def test_the_same_scan_sent_twice_counts_once(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number)
    form, action = tablet.form | {"code": TEAPOT}, tablet.action
    for _ in range(3):
        tablet.page = tablet.client.post(action, form, follow=True)
    assert "1/13" in tablet.text
    assert tablet.bars == ["1 of 13: Teapot, cast iron, 1.2 l"]


def test_another_scan_from_a_page_that_was_kept_is_not_lost(tablet: Tablet, order: Order) -> None:
    """A browser that goes back may show the page of before, with an id that was used."""
    tablet.scan(order.number)
    old = tablet.form
    tablet.scan(TEAPOT)
    tablet.scan(COFFEE, **old)
    assert tablet.bars == ["NOT COUNTED: this page was too old. Press Enter to count it now."]
    assert f'value="{COFFEE}"' in tablet.page.text
    tablet.scan(COFFEE)
    assert "2 of 16 pieces" in tablet.text


def test_a_stale_page_counts_nothing_of_an_order_that_others_packed(tablet: Tablet, sara: Client, order: Order) -> None:
    tablet.scan(order.number)
    fill(Tablet(sara).scan(order.number)).scan()
    for code in (TEAPOT, "JD014600"):
        stale = Tablet(tablet.client)
        stale.page = tablet.page
        stale.scan(code, id=str(uuid.uuid4()))
        assert stale.bars[-1] == "NOT COUNTED: the order is packed by now."
    order.refresh_from_db()
    assert (order.status, order.shipments.count()) == ("packed", 0)


def test_two_tablets_count_together(tablet: Tablet, sara: Client, order: Order) -> None:
    other = Tablet(sara).scan(order.number)
    tablet.scan(order.number)
    for number in range(12):
        (tablet if number % 2 else other).scan(TEAPOT)
    assert "12/13" in other.text or "12/13" in tablet.text
    tablet.scan(TEAPOT)
    other.scan(TEAPOT)
    assert other.bars[0].startswith("One too many")


# --- Keys ------------------------------------------------------------------------------------------
def test_the_last_scan_is_taken_back_once(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number).scan(COFFEE).scan(BOX)
    form, action = tablet.form, tablet.action
    tablet.press("undo")
    assert "0/13" in tablet.text
    assert tablet.bars[0].startswith("Taken back: 12 of 13: Teapot")
    last = PackScan.objects.get(pieces=12).pk
    tablet.page = tablet.client.post(action, form | {"id": str(uuid.uuid4()), "act": f"undo-{last}"}, follow=True)
    assert tablet.bars[0].startswith("Nothing was taken back")
    assert "1/1 " in tablet.text
    tablet.press("undo")
    assert "0 of 16 pieces" in tablet.text


def test_nobody_takes_back_what_another_scanned(tablet: Tablet, sara: Client, order: Order) -> None:
    tablet.scan(order.number).scan(COFFEE)
    other = Tablet(sara).scan(order.number)
    assert "undo the last scan" not in other.text
    other.scan(act="undo")
    assert "1 of 16 pieces" in other.text


def test_missing_pieces_stand_in_the_history(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number).scan("12").scan(TEAPOT).scan(act="missing")
    assert tablet.bars == ["Missing: 1 × Teapot, cast iron, 1.2 l (A-02-1)"]
    deed = Deed.objects.get(what="missing")
    assert (deed.order, deed.by, deed.detail) == (order, "warehouse", "1 × Teapot, cast iron, 1.2 l (A-02-1)")
    assert "1 missing" in tablet.text
    tablet.scan(TEAPOT)
    assert "1 missing" not in tablet.text
    tablet.press("undo").press("undo")
    assert Deed.objects.filter(what="undone", detail__contains="Missing: 1 × Teapot").exists()


def test_an_order_with_missing_pieces_is_not_packed(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number).press("missing").press("missing").press("missing").scan()
    order.refresh_from_db()
    assert order.status == "received"
    assert "Not packed: 16 pieces not in yet." in tablet.bars


def test_a_slip_is_printed_again_and_its_order_packed_once_it_is_out(tablet: Tablet, order: Order) -> None:
    printer = Printer.objects.create(name="Gate 3", url="ipp://cups.lan/printers/slips")
    PrintJob.objects.create(order=order, printer=printer, state="done", job_id="1")
    tablet.scan(order.number).press("reprint")
    assert tablet.bars == ["A new slip, marked REPRINT, goes to Gate 3."]
    assert PrintJob.objects.filter(order=order).count() == 2
    fill(tablet).scan()
    assert "its slip is being printed again" in tablet.bars[0]
    order.steps.filter(name="printing").update(state="done")
    tablet.scan()
    order.refresh_from_db()
    assert order.status == "packed"


# --- Packed and shipped ----------------------------------------------------------------------------
def test_enter_packs_only_when_all_is_in(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number).scan(COFFEE).scan()
    assert tablet.bars == ["Not packed: 15 pieces not in yet."]
    assert tablet.sound == ""
    tablet.press("undo")
    fill(tablet)
    assert "ALL IN." in tablet.text
    tablet.scan()
    order.refresh_from_db()
    assert order.status == "packed"
    assert "1 packed today" in " ".join(tablet.page.text.replace("<b>", "").replace("</b>", "").split())
    assert Deed.objects.get(what="packed").by == "warehouse"


def test_nothing_is_packed_while_a_refusal_was_not_seen(tablet: Tablet, order: Order) -> None:
    fill(tablet.scan(order.number)).scan(WHISK).scan()
    order.refresh_from_db()
    assert order.status == "received"
    tablet.scan()
    order.refresh_from_db()
    assert order.status == "packed"


def test_enter_pressed_twice_packs_and_ships_nothing(tablet: Tablet, order: Order) -> None:
    fill(tablet.scan(order.number))
    form, action = tablet.form, tablet.action
    for _ in range(2):
        tablet.client.post(action, form | {"id": str(uuid.uuid4())})
    order.refresh_from_db()
    assert order.status == "packed"


def test_an_enter_that_comes_with_the_last_scan_does_not_pack(tablet: Tablet, order: Order) -> None:
    """Some scanners press it twice."""
    tablet.scan(order.number).scan(COFFEE).scan(BOX).scan(TEAPOT).scan(FILTERS)
    expected = tablet.form["expect"]
    tablet.scan(FILTERS).scan(expect=expected)
    order.refresh_from_db()
    assert order.status == "received"


def test_the_next_scan_is_the_tracking_number(tablet: Tablet, order: Order) -> None:
    fill(tablet.scan(order.number)).scan()
    assert "Scan the parcel’s tracking number, or Enter without" in tablet.text
    tablet.scan("jd01 4600", carrier="ups")
    assert (tablet.number, tablet.bars) == ("", [f"{order.number} is shipped with UPS JD014600."])
    order.refresh_from_db()
    assert (order.status, [str(parcel) for parcel in order.shipments.all()]) == ("shipped", ["UPS JD014600"])
    tablet.scan(make_packable([(order.lines.all()[0].product, 1)]).number)
    fresh = tablet.scan(COFFEE).scan()
    assert '<option value="ups" selected>' in fresh.page.text  # As the parcel before.


def test_enter_ships_without_a_number(tablet: Tablet, order: Order) -> None:
    fill(tablet.scan(order.number)).scan().scan()
    assert tablet.bars == [f"{order.number} is shipped, without a parcel number."]


def test_scan_and_scan_ship_a_packed_order(tablet: Tablet, order: Order) -> None:
    lifecycle.pack(Order.objects.filter(pk=order.pk), by="sara")
    tablet.scan(order.number).scan("JD014600")
    order.refresh_from_db()
    assert order.status == "shipped"


def test_a_tracking_number_used_twice_is_refused_naming_the_other_order(
    tablet: Tablet, order: Order, other: Order
) -> None:
    lifecycle.add_shipment(other.pk, "dhl", "JD014600", by="sara")
    fill(tablet.scan(order.number)).scan().scan("JD014600", carrier="dhl")
    assert f"DHL JD014600 is a parcel of order {other.number} already" in tablet.bars[-1]
    order.refresh_from_db()
    assert (order.status, tablet.number, tablet.sound) == ("packed", order.number, "bad")


@pytest.mark.parametrize("code", [TEAPOT, WHISK, "12", "7K3M-Q9TX-2BDF", "Möller"])
def test_what_is_no_tracking_number_ships_nothing(tablet: Tablet, order: Order, other: Order, code: str) -> None:
    fill(tablet.scan(order.number)).scan().scan(code)
    order.refresh_from_db()
    assert (order.status, order.shipments.count(), tablet.sound) == ("packed", 0, "bad")


def test_another_slip_after_packing_opens_its_order(tablet: Tablet, order: Order, other: Order) -> None:
    fill(tablet.scan(order.number)).scan().scan(other.number)
    assert tablet.number == other.number


def test_packed_and_shipped_are_taken_back(tablet: Tablet, order: Order) -> None:
    fill(tablet.scan(order.number)).scan().scan("JD014600")
    form = {"id": str(uuid.uuid4()), "expect": "shipped", "act": "undo"}
    assert "is not shipped" in tablet.text
    tablet.page = tablet.client.post(f"/desk/pack/{order.number}", form, follow=True)
    assert "It keeps its parcels: DHL JD014600. Keep them back." in tablet.bars[-1]
    tablet.press("undo")
    assert tablet.bars[0].startswith(f"{order.number} is not packed any more.")
    assert "16 of 16 pieces" in tablet.text
    tablet.press("undo")
    assert "15 of 16 pieces" in tablet.text
    assert "0 packed today" in " ".join(tablet.page.text.replace("<b>", "").replace("</b>", "").split())


def test_who_did_not_pack_it_is_not_offered_to_take_it_back(tablet: Tablet, order: Order) -> None:
    lifecycle.pack(Order.objects.filter(pk=order.pk), by="sara")
    tablet.scan(order.number)
    assert "Ctrl-Z" not in tablet.text
    tablet.scan(act="undo")
    assert "sara did it" in tablet.bars[-1]


def test_an_order_cancelled_meanwhile_says_what_to_put_back(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number).scan(COFFEE).scan("2").scan(TEAPOT)
    cancel(order)
    tablet.scan(TEAPOT)
    assert "by sara. DO NOT SEND." in tablet.bars[0]
    assert (
        "Put back: 2 × Teapot, cast iron, 1.2 l to A-02-1, 1 × Filter coffee, ground, 500 g to A-04-2."
        in tablet.bars[0]
    )
    assert tablet.bars[-1] == "NOT COUNTED: the order is cancelled by now."
    assert "Scan a slip" in tablet.text
    assert "Scan an article" not in tablet.text
    assert tablet.sound == "bad"


# --- Who may, and what is lost ---------------------------------------------------------------------
def test_it_is_for_those_who_pack(order: Order) -> None:
    sales = staff("sales")
    for answer in (sales.get("/desk/pack"), sales.post("/desk/pack", {"code": order.number})):
        assert answer.status_code == 403
        assert "<h1>Not for you</h1>" in answer.text
    answer = Client().get(f"/desk/pack/{order.number}")
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next=/desk/pack/{order.number}")


def test_a_login_that_ended_loses_no_scan(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number).scan("12")
    user_id = tablet.client.session["_auth_user_id"]
    tablet.client.logout()
    tablet.scan(TEAPOT)
    assert tablet.page.request["PATH_INFO"] == "/admin/login/"
    address = tablet.page.context["next"]
    tablet.client.force_login(User.objects.get(pk=user_id))
    tablet.page = tablet.client.get(address)
    assert tablet.bars[0] == "NOT COUNTED: your login had ended. Press Enter to count it now."
    assert f'value="{TEAPOT}"' in tablet.page.text
    assert not PackScan.objects.filter(kind="counted").exists()
    tablet.scan(TEAPOT)
    assert "12/13" in tablet.text  # Twelve, as was said before.


def test_a_form_that_is_too_old_loses_no_scan(wim: Client, order: Order) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = wim.cookies
    tablet = Tablet(strict, f"/desk/pack/{order.number}")
    scan_id = tablet.form["id"]
    tablet.scan(COFFEE, csrfmiddlewaretoken="x" * 64)
    assert tablet.bars[0] == "NOT COUNTED: this page was too old. Press Enter to count it now."
    assert tablet.form["id"] == scan_id
    tablet.scan(COFFEE)
    assert "1 of 16 pieces" in tablet.text


@pytest.mark.parametrize("number", ["7K3M-Q9TX-2BDF", "nonsense", "%00", "..%2F"])
def test_an_address_of_no_order_says_so(wim: Client, number: str) -> None:
    answer = wim.get(f"/desk/pack/{number}")
    assert answer.status_code == 404


def test_a_scan_for_an_order_that_is_gone_is_told(tablet: Tablet, order: Order) -> None:
    tablet.scan(order.number)
    order.delete()
    tablet.scan(COFFEE)
    assert tablet.sound == "bad"


@pytest.mark.parametrize(
    "form",
    [
        {}, {"id": "x"}, {"id": "x" * 3000, "code": "\0"}, {"code": "𝕏" * 900}, {"act": "undo-99999999999999999999"},
        {"act": "missing-0"}, {"act": "fly"}, {"seen": "1,x,²,-5"}, {"after": "7"}, {"expect": "\n"},
        {"carrier": "pigeon"}, {"table": "<b>" * 40}, {"code": "' OR 1=1 --"},
    ],
)  # fmt: skip
def test_whatever_a_form_says_is_answered(tablet: Tablet, order: Order, form: dict[str, str]) -> None:
    for place in ("/desk/pack", f"/desk/pack/{order.number}"):
        answer = tablet.client.post(place, form, follow=True)
        assert answer.status_code == 200
        assert "<b>" * 3 not in answer.text


def test_a_table_has_a_name(tablet: Tablet) -> None:
    tablet.page = tablet.client.post("/desk/pack", {"table": "table 2"}, follow=True)
    assert "warehouse · table 2 ·" in tablet.page.text


def test_a_page_costs_few_statements(tablet: Tablet, order: Order, django_assert_max_num_queries: object) -> None:
    tablet.scan(order.number).scan(COFFEE)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        tablet.client.get(f"/desk/pack/{order.number}")
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        tablet.scan(TEAPOT)


def test_the_start_names_the_oldest_to_pack(tablet: Tablet, order: Order, other: Order) -> None:
    page = Tablet(tablet.client).text
    assert page.index(order.number) < page.index(other.number)
    assert "16 Emma Smith" in page
    Order.objects.update(status="packed")
    assert "Nothing is to be packed" in Tablet(tablet.client).text
