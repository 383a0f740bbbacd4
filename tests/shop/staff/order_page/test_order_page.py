"""An order's page: how it stands in a sentence, one time line of everything, its slip, the buttons that fit."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from orders import lifecycle, pick_lists, telling
from orders.models import Attempt, Destination, Event, Order
from orders.steps import destinations
from printing.models import Printer, PrintJob
from tests.factories import make_order, make_product
from tests.shop.staff.conftest import act, park, settle, staff


def page_of(client: Client, order: Order, **query: str) -> Any:
    return client.get(f"/admin/orders/order/{order.pk}/change/", query)


def stands(client: Client, order: Order) -> tuple[str, str]:
    """The tone, and what is said."""
    found = re.search(r'<div class="desk-standing ([\w-]+)">(.*?)</div>', page_of(client, order).text, re.DOTALL)
    assert found
    return found[1], " ".join(re.sub(r"<[^>]+>", " ", found[2]).split())


def lines(client: Client, order: Order, **query: str) -> list[str]:
    """What the time line says, the newest first."""
    found = re.findall(r'<li class="desk-line .*?<div>(.*?)</li>', page_of(client, order, **query).text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


def attempt(order: Order, number: int, name: str = "sap", **fields: Any) -> Attempt:
    made_up = {"outcome": "temporary", "code": "503", "answer": "Down.", "duration": timedelta(seconds=0.31)}
    step = order.steps.get(name=name)
    return Attempt.objects.create(step=step, number=number, started_at=timezone.now(), **made_up | fields)


def test_it_says_that_it_waits_for_its_slip_and_which_step_is_parked_and_why(boss: Client, order: Order) -> None:
    park(order, next_action="Correct the material.")
    tone, said = stands(boss, order)
    assert tone == "is-bad"
    assert said.startswith("It waits for its slip. printing waits for a worker")
    assert "sap is parked: SAP knows no such material. Correct the material." in said


def test_it_says_who_paused_its_destination_and_why(boss: Client, order: Order) -> None:
    settle(order, "received")
    order.steps.filter(name="sap").update(state="queued")
    destinations.pause("sap", by="olga", reason="upgrade")
    assert stands(boss, order) == (
        "is-warn",
        "Its slip is out: it waits to be packed. sap is held: sap is paused by olga (“upgrade”).",
    )


def test_it_says_when_a_failed_step_is_tried_again(boss: Client, order: Order) -> None:
    settle(order, "received")
    order.steps.filter(name="sap").update(state="waiting", reason="SAP is down.", due_at=timezone.now())
    tone, said = stands(boss, order)
    assert tone == "is-warn"
    assert re.search(r"sap is tried again at \d{4}-\d\d-\d\d \d\d:\d\d: SAP is down\.", said)


def test_it_says_when_a_step_is_taken_up_again_whose_worker_has_died(boss: Client, order: Order) -> None:
    settle(order, "received")
    order.steps.filter(name="sap").update(state="running", attempts=1, token=uuid.uuid4(), due_at=timezone.now())
    _, said = stands(boss, order)
    taken_up = r"worked on, attempt 1\. If its worker has died, it is taken up again at \d{4}-\d\d-\d\d \d\d:"
    assert re.search(taken_up, said)


def test_a_slip_of_which_nobody_knows_comes_first(boss: Client, job: PrintJob) -> None:
    tone, said = stands(boss, job.order)
    assert tone == "is-bad"
    assert "Nobody knows whether its slip was printed: look at Gate 3" in said
    assert "parked" not in said


def test_it_names_its_open_pick_list(boss: Client, order: Order) -> None:
    settle(order, "received")
    made = pick_lists.take_next(by="wim")
    assert stands(boss, order) == ("is-good", f"It waits to be packed, on pick list {made}.")


def test_it_says_who_packed_shipped_or_cancelled_it_and_why(boss: Client, order: Order) -> None:
    settle(order, "received")
    other = make_order(steps=[])
    lifecycle.pack(Order.objects.filter(pk=order.pk), by="wim")
    assert re.fullmatch(r"Packed by wim at [\d :-]+\. It waits to be shipped\.", stands(boss, order)[1])
    lifecycle.ship_order(order.pk, by="lena")
    assert re.match(r"Shipped by lena at [\d :-]+\.", stands(boss, order)[1])
    lifecycle.cancel_order(other.pk, by="sara", reason="Ordered twice.")
    assert re.fullmatch(
        r"Cancelled by sara at [\d :-]+: “Ordered twice\.”\. This can’t be taken back\.", stands(boss, other)[1]
    )


def test_one_time_line_has_attempts_prints_events_and_what_people_did(
    boss: Client, order: Order, printer: Printer, settings: Settings
) -> None:
    settings.EVENTS = True
    attempt(order, 1)
    telling.tell([(order.pk, Event.Type.PARKED, "sap")])
    job = PrintJob.objects.create(order=order, printer=printer, state="done", job_id="17", finished_at=timezone.now())
    order.steps.filter(name="printing").update(state="done")
    act(staff("operations"), "orders/step", "send_again", park(order), confirmed="yes")
    lifecycle.pack(Order.objects.all(), by="wim")
    lifecycle.add_shipment(order.pk, "dhl", "JD0146", by="wim")
    told = lines(boss, order)
    for line in (
        "a guest placed the order",
        "worker sap, attempt 1: failed, again later 0.31 s 503 Down.",
        "other programs will be told: step.parked (sap)",
        "slip for Gate 3",
        "slip at Gate 3: printed 17",
        "operations sent again: sap SAP knows no such material.",
        "wim packed",
        "wim added a parcel DHL JD0146",
    ):
        assert line in told, told
    assert told.index("wim packed") < told.index("slip at Gate 3: printed 17") < told.index("a guest placed the order")
    assert job.order == order


def test_what_happened_before_there_was_a_history_is_told_without_a_name(boss: Client, order: Order) -> None:
    settle(order, "packed")
    Order.objects.update(packed_at=timezone.now())
    assert "packed" in lines(boss, order)
    assert "all its steps are done" in lines(boss, order)


def test_prints_are_told_to_those_who_may_see_print_jobs(order: Order, printer: Printer) -> None:
    PrintJob.objects.create(order=order, printer=printer, state="done")
    assert "slip for Gate 3" in lines(staff("warehouse"), order)
    assert "slip for Gate 3" not in lines(staff("sales"), order)


def test_times_are_those_of_the_shop(boss: Client, order: Order, settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    Order.objects.update(created_at="2026-03-01T20:30:00Z")
    page = page_of(boss, order).text
    assert "Monday, 2026-03-02" in page
    assert "05:30:00</time>" in page
    assert "those of Asia/Tokyo" in page


def statements(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert call().status_code == 200
    return len(queries)


def test_the_page_takes_as_many_statements_for_many_attempts_as_for_one(boss: Client, order: Order) -> None:
    park(order)
    attempt(order, 1)
    one = statements(lambda: page_of(boss, order))
    for number in range(2, 200):
        attempt(order, number)
    assert statements(lambda: page_of(boss, order)) == one
    assert one <= 40


def test_a_long_time_line_is_paged_and_every_line_is_on_one_page(boss: Client, order: Order) -> None:
    order.events.all().delete()
    for number in range(1, 121):
        attempt(order, number)
    pages = [lines(boss, order, **{"from": str(start)}) for start in (0, 50, 100)]
    told = [re.search(r"attempt (\d+)", line) for page in pages for line in page]
    assert [int(found[1]) for found in told if found] == list(range(120, 0, -1))
    assert pages[2][-1] == "a guest placed the order"
    for odd in ("-1", "x", "9" * 30, "²"):
        assert len(lines(boss, order, **{"from": odd})) <= 50


def test_the_slip_is_on_the_page_as_it_came_out_last(order: Order, printer: Printer) -> None:
    sales = staff("sales")
    page = page_of(sales, order)
    assert f'src="/admin/orders/order/{order.pk}/slip.pdf#' in page.text
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    first = sales.get(f"/admin/orders/order/{order.pk}/slip.pdf")
    assert first["Content-Type"] == "application/pdf"
    PrintJob.objects.create(order=order, printer=printer, state="done", copy=2)
    assert sales.get(f"/admin/orders/order/{order.pk}/slip.pdf").content != first.content


def buttons(client: Client, order: Order) -> list[str]:
    found = page_of(client, order).text.partition('<div class="desk-buttons">')[2].partition("</div>")[0]
    return re.findall(r'type="submit" value="([^"]+)"', found)


def test_the_destination_that_an_order_is_stuck_at_can_be_paused_tried_and_resumed_from_there(order: Order) -> None:
    operations = staff("operations")
    park(order)
    assert "Pause sap…" in buttons(operations, order)
    Destination.objects.create(name="sap", open_until=timezone.now(), paused=True, paused_by="olga")
    assert {"Try sap now: close its breaker", "Resume sap"} <= set(buttons(operations, order))
    assert not {"Resume sap", "Pause sap…"} & set(buttons(staff("sales"), order))
    settle(order)
    assert not [label for label in buttons(operations, order) if "sap" in label]


def test_one_slip_is_printed_again_with_one_click_and_that_comes_back_to_the_order(
    picker: Client, order: Order, printer: Printer
) -> None:
    job = PrintJob.objects.create(order=order, printer=printer, state="done")
    order.steps.filter(name="printing").update(state="done")
    assert "Reprint the slip" in buttons(picker, order)
    page = act(
        picker, "printing/printjob", "reprint", job, confirmed="yes", back=f"/admin/orders/order/{order.pk}/change/"
    )
    assert f"{order.number}/r1/c2: to be sent" in page.text
    assert "Reprint the slip" not in buttons(picker, order)  # The copy is on its way.


def test_a_page_has_no_row_for_what_its_order_does_not_have(boss: Client) -> None:
    page = page_of(boss, make_order(note="", email="", reference="")).text
    assert not set(re.findall(r"field-(\w+)", page)) & {"note_", "email_", "reference_", "packed_at", "cancelled_at"}
    full = page_of(boss, make_order(note="Ring twice", email="ida@blaues-tor.example")).text
    assert "Ring twice" in full
    assert "ida@blaues-tor.example" in full


def test_one_button_leads_to_what_the_order_waits_for_and_cancelling_looks_dangerous(boss: Client) -> None:
    waiting, stuck = make_order(), make_order()
    settle(waiting, "processed")
    settle(stuck, "processed")
    park(stuck)
    for order, lead in ((waiting, "Mark as packed"), (stuck, "Send again…")):
        page = page_of(boss, order).text
        assert re.findall(r'class="is-lead" value="([^"]+)"', page) == [lead]
        assert re.findall(r'class="is-danger" value="([^"]+)"', page) == ["Cancel…"]
        all_buttons = re.findall(r'<input type="submit"[^>]* value="([^"]+)"', page)
        assert (all_buttons[0], all_buttons[-1]) == (lead, "Cancel…")


def test_the_time_line_is_the_only_history_of_an_order(boss: Client, order: Order) -> None:
    assert "/history/" not in page_of(boss, order).text


@pytest.mark.parametrize(("role", "sees"), [("sales", True), ("warehouse", False), ("operations", True)])
def test_money_is_for_those_who_may_see_the_figures(db: None, role: str, sees: bool) -> None:
    order = make_order([(make_product(price="23.45"), 3)])
    client = staff(role)
    page, listed = page_of(client, order).text, client.get("/admin/orders/order/").text
    assert ("70.35" in page, "23.45" in page, "70.35" in listed) == (sees, sees, sees)
