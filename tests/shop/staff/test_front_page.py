"""The front page: what needs whom, what came in, what is to do, and how destinations, printers and workers are."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders import pick_lists
from orders.database.clock import from_now
from orders.messaging.periodic import SWEEP
from orders.models import DeadLetter, Destination, Order, Round, Worker
from printing.models import Printer, PrintJob
from shop.staff import queue_figures
from shop.staff.front_page import traffic
from tests.factories import make_order, make_product
from tests.shop.staff.conftest import park, settle, staff


def words(page: str) -> str:
    """What a reader sees of it."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.fixture
def swept(db: None) -> None:
    Round.objects.create(task=SWEEP, started_at=from_now(), finished_at=from_now(), worker="celery-1@host")


def test_a_desk_where_all_is_well_says_so_and_when_the_last_order_came(boss: Client, swept: None, order: Order) -> None:
    assert re.search(r"All is well\. Last order \d+ s ago\.", words(boss.get("/admin/").text))


def test_what_needs_the_user_comes_first_with_the_button_for_it(boss: Client, swept: None, order: Order) -> None:
    park(order)
    Destination.objects.create(name="marketing", paused=True, paused_by="lena", paused_at=timezone.now())
    page = boss.get("/admin/").text
    said = words(page)
    assert "1 thing needs you" in said
    assert said.index("sap: 1 step is parked. SAP knows no such material.") < said.index("marketing is paused by lena")
    assert page.count('<li class="is-bad">') == page.count('<li class="is-warn">') == 1
    assert 'aria-label="Resume: marketing is paused by lena' in page


def test_a_line_is_red_only_for_who_can_act_on_it(swept: None, order: Order) -> None:
    park(order)
    found = {role: staff(role).get("/admin/").text for role in ("sales", "warehouse")}
    assert ('<li class="is-bad">' in found["warehouse"]) > ('<li class="is-bad">' in found["sales"])
    assert "Nothing needs you now" in found["sales"]
    assert "Send again…" in found["warehouse"]
    assert "Send again…" not in found["sales"]
    assert 'aria-label="Pause' not in found["warehouse"]


@pytest.mark.parametrize(("role", "money"), [("sales", True), ("warehouse", False), ("operations", True)])
def test_money_is_shown_to_those_who_may_see_the_statistics(db: None, role: str, money: bool) -> None:
    make_order([(make_product(price="19.85"), 3)])
    assert ("59.55" in staff(role).get("/admin/").text) is money


def test_yesterday_is_counted_until_this_time_of_day(boss: Client, db: None) -> None:
    for ago in (timedelta(days=1, seconds=90), timedelta(hours=23, minutes=58)):
        make_order(created_at=timezone.now() - ago)
    yesterday = timezone.localtime() - timedelta(days=1)
    if {(yesterday + timedelta(seconds=shift)).day for shift in (-90, 120)} == {yesterday.day}:
        assert "Yesterday by now: 1 order" in words(boss.get("/admin/").text)


def test_cancelled_orders_are_left_out_of_today_and_of_the_most_sold(boss: Client, db: None) -> None:
    pepper, broom = make_product(name="Black peppercorns"), make_product(name="Rice straw broom")
    make_order([(pepper, 39), (broom, 25)])
    make_order([(broom, 100)], status="cancelled", cancelled_at=timezone.now())
    said = words(boss.get("/admin/").text)
    assert "1 order 64 pieces" in re.sub(r"[\d.,]+ EUR ", "", said)
    assert "Black peppercorns 39 Rice straw broom 25" in said


def test_thousands_are_marked_in_counts_as_in_money(boss: Client, db: None) -> None:
    make_order([(make_product(name="Cork coaster", price="2.00"), 1874)])
    said = words(boss.get("/admin/").text)
    assert "3,748.00 EUR 1,874 pieces" in said
    assert "Cork coaster 1,874" in said
    assert "3,748.00 EUR 1,874" in words(boss.get("/admin/integrations/purchase/").text)


def test_thirty_days_are_bars_for_the_eye_and_a_table_for_readers(boss: Client, db: None) -> None:
    for days in (0, 0, 3, 29, 30):
        make_order(created_at=timezone.now() - timedelta(days=days))
    page = boss.get("/admin/").text
    assert page.count("<rect") == 30
    assert "4 orders in 30 days" in words(page)
    heights = [int(height) for height in re.findall(r'<rect [^>]*height="(\d+)"', page)]
    assert sorted(set(heights)) == [1, 36, 72]
    assert (heights[0], heights[-4], heights[-1]) == (36, 36, 72)


def test_the_oldest_to_pack_and_what_is_to_be_shipped_are_told(boss: Client, db: None) -> None:
    assert "0 to pack 0 packed, to ship" in words(boss.get("/admin/").text)
    for hours in (20, 2):
        old = make_order(created_at=timezone.now() - timedelta(hours=hours))
        old.steps.filter(name="printing").update(state="done")
    settle(make_order(), "packed")
    assert "2 to pack oldest 20 h 1 packed, to ship" in words(boss.get("/admin/").text)


def test_each_destination_tells_state_reason_and_last_success(boss: Client, swept: None, order: Order) -> None:
    Destination.objects.create(
        name="sap",
        paused=True,
        paused_by="olga",
        paused_at=from_now(),
        pause_reason="upgrade",
        last_success_at=from_now(),
    )
    at = f"{timezone.localtime(Destination.objects.get().last_success_at):%H:%M}"
    said = words(boss.get("/admin/").text)
    assert re.search(rf"sap ‖ paused olga, \d\d:\d\d “upgrade” 0 1 0 \d+ s {at} \S+ Resume", said)
    assert re.search(r"marketing ✓ ok 1 0 0 \d+ s – \S+ Pause", said)


def test_printers_tell_what_waits_there_and_their_last_slip(boss: Client, printer: Printer) -> None:
    for state, ago in (("done", 50), ("accepted", 20)):
        at = timezone.now() - timedelta(minutes=ago)
        PrintJob.objects.create(order=make_order(), printer=printer, state=state, job_id="7", accepted_at=at)
    last = f"{timezone.localtime(PrintJob.objects.get(state='accepted').accepted_at):%H:%M}"
    said = words(boss.get("/admin/").text)
    assert f"Gate 3 ! blocked It is out of paper. 1 {last}" in said
    assert "Gate 3" not in words(staff("sales").get("/admin/").text)


def test_workers_are_rows_and_nobody_is_no_secret(boss: Client, swept: None) -> None:
    assert "No worker has reported yet." in words(boss.get("/admin/").text)
    for name, ago in (("worker@a", 4), ("worker@b", 200)):
        seen = from_now(timedelta(seconds=-ago))
        Worker.objects.create(name=name, host="a", processes=8, started_at=seen, seen_at=seen)
    said = words(boss.get("/admin/").text)
    assert re.search(r"worker@a ✓ ok 8 \d+ s ago worker@b ! not seen 8 3 min ago", said)
    assert re.search(r"Last sweep \d+ s ago, by celery-1@host\.", said)


def test_the_first_page_says_when_no_sweep_comes(boss: Client, db: None) -> None:
    assert "Sweeper: No worker has ever done it" in boss.get("/admin/").text


def test_a_silent_broker_is_named_and_the_page_comes_all_the_same(
    boss: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_figures, "figures", lambda: queue_figures.Figures(trouble="The broker does not answer."))
    assert "Not known now: The broker does not answer." in words(boss.get("/admin/").text)


@pytest.mark.parametrize("why", [{"paused": True}, {"open_until": timezone.now()}])
def test_steps_of_a_held_destination_are_not_on_the_way(order: Order, why: dict[str, Any]) -> None:
    make_order().steps.filter(name="sap").update(state="waiting")
    make_order().steps.filter(name="sap").update(state="running", token=uuid4())
    sap = traffic()["sap"]
    assert (sap.on_the_way, sap.held_or_waiting) == (2, 1)
    Destination.objects.create(name="sap", **why)
    sap = traffic()["sap"]
    assert (sap.on_the_way, sap.held_or_waiting) == (1, 2)


def test_the_pages_that_pack_are_offered_where_the_desk_has_them(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    order = make_order()
    order.steps.filter(name="printing").update(state="done")
    monkeypatch.setattr("shop.staff.front_page.page", lambda path: path)
    page = staff("warehouse").get("/admin/").text
    assert '<form method="post" action="/desk/picklists/next">' in page
    assert "Pick list 1–1<" in page
    assert 'href="/desk/pack"' in page
    assert "/desk/" not in staff("sales").get("/admin/front/").text


@pytest.mark.parametrize("role", ["sales", "warehouse", "operations"])
def test_it_asks_the_database_fifteen_times_at_most_its_frame_among_them(
    job: PrintJob, printer: Printer, django_assert_max_num_queries: Any, role: str
) -> None:
    """In trouble of every kind. The frame: who looks, what they may, what the navigation counts."""
    client = staff(role)
    for number in range(5):
        park(make_order(), reason=f"Reason {number}.")
        DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")
        Worker.objects.create(name=f"{number}@a", host="a", started_at=from_now(), seen_at=from_now())
    Destination.objects.create(name="sap", paused=True, open_until=timezone.now(), probe=make_order().steps.first())
    with django_assert_max_num_queries(15):
        client.get("/admin/")
    with django_assert_max_num_queries(14):  # Without the frame: the session, the user, and what he may.
        client.get("/admin/front/")


def test_the_next_pick_list_is_as_long_as_it_will_be(db: None) -> None:
    orders = [make_order() for _ in range(3)]
    for order in orders:
        order.steps.filter(name="printing").update(state="done")
    picker = staff("warehouse")
    pick_lists.take(Order.objects.filter(pk=orders[0].pk), by="wim")
    page = words(picker.get("/admin/").text)
    assert "3 to pack" in page
    assert "Pick list 1–2 " in page
    pick_lists.take_next(by="wim")
    assert "Pick list 1" not in words(picker.get("/admin/").text)


def test_the_fragment_is_the_page_without_its_frame(boss: Client, order: Order) -> None:
    part = boss.get(reverse("admin:front"))
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "csrfmiddlewaretoken" in part.text
    assert words(part.text).startswith("as of ")


def test_the_fragment_is_for_staff_with_a_role(db: None) -> None:
    assert Client().get("/admin/front/").status_code == 302
    assert staff("").get("/admin/front/").status_code == 200
