"""What a page says is what happens: what goes now and what is held, who undoes what, where an answer is wanted."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from orders.models import Destination, Order, Step
from orders.steps import destinations
from printing.models import Printer, PrintJob
from tests.factories import make_order
from tests.shop.staff.conftest import act, park, settle, staff

OPEN = {"open_until": timezone.now() + timedelta(minutes=4), "failures": 7}
HELD = [
    ({"paused": True, "paused_by": "olga"}, "sap is paused by olga"),
    (OPEN, "sap’s circuit breaker is open: it tries one step at"),
]


def messages(page: Any) -> str:
    """What the page says at its top, without the signs of HTML."""
    return " ".join(str(message) for message in page.context["messages"])


@pytest.mark.parametrize(("hold", "why"), HELD)
@pytest.mark.parametrize("model", ["orders/order", "orders/step"])
def test_what_is_held_is_not_said_to_be_sent_now_and_keeps_its_reason(
    order: Order, hold: dict[str, Any], why: str, model: str
) -> None:
    step, other = park(order), park(order, "marketing", reason="Marketing is away.")
    Destination.objects.create(name="sap", **hold)
    operations = staff("operations")
    rows: list[Any] = [order] if model == "orders/order" else [step, other]
    asked = act(operations, model, "send_again", *rows).text
    assert "Tried now, on a fresh schedule: 1." in asked
    assert f"Held until it goes on: 1, since {why}" in asked
    told = messages(act(operations, model, "send_again", *rows, confirmed="yes"))
    assert f"1 step sent again: tried now. 1 step sent again, but held: {why}" in told
    reasons = dict(order.steps.values_list("name", "reason"))
    assert (reasons["sap"], reasons["marketing"]) == ("SAP knows no such material.", "")
    page = operations.get(f"/admin/orders/step/{step.pk}/change/").text
    assert f"{why}" in page
    assert "Before that: SAP knows no such material." in page


@pytest.mark.parametrize(("hold", "why"), HELD)
def test_a_held_step_looks_held_in_every_list(boss: Client, order: Order, hold: dict[str, Any], why: str) -> None:
    order.steps.filter(name="sap").update(state="waiting", due_at=timezone.now() + timedelta(days=1))
    Destination.objects.create(name="sap", **hold)
    for url in ("order/", "step/", f"order/{order.pk}/change/"):
        page = boss.get(f"/admin/orders/{url}").text
        assert page.count("desk-held") == 1, url
        assert why in page
    for url in ("step/", f"order/{order.pk}/change/"):
        assert "when it goes on" in boss.get(f"/admin/orders/{url}").text


def test_the_probe_is_not_held(boss: Client, order: Order) -> None:
    Destination.objects.create(name="sap", probe=order.steps.get(name="sap"), **OPEN)
    assert "desk-held" not in boss.get("/admin/orders/step/").text


def test_pausing_and_resuming_say_what_holds_the_steps_now(order: Order) -> None:
    operations, sap = staff("operations"), Destination.objects.create(name="sap", **OPEN)

    def said(action: str) -> str:
        return messages(act(operations, "orders/destination", action, sap, confirmed="yes"))

    make_order(steps=["sap"]).steps.update(state="running", token="0" * 32)
    assert said("resume") == "sap was not paused."
    assert said("pause") == "sap is paused; steps held for it: 1. 1 step that runs now comes to its end."
    assert said("pause") == "sap is paused by operations (“Upgrade until noon.”) already."
    assert said("close_breaker") == (
        "sap: the breaker is closed, but its steps are still held (1): sap is paused by operations"
        " (“Upgrade until noon.”)."
    )
    assert said("close_breaker") == "sap: the breaker was closed before."
    Destination.objects.update(**OPEN)
    assert said("resume").startswith(
        "sap is not paused any more, but its steps are still held (1): sap’s circuit breaker is open: it tries one step"
    )
    destinations.pause("sap", by="olga")
    Destination.objects.update(open_until=None)
    assert said("resume") == "sap goes on; steps that waited for it: 1."


def test_a_destination_that_is_paused_and_broken_tells_both(boss: Client, order: Order) -> None:
    Destination.objects.create(name="sap", paused=True, paused_by="olga", **OPEN)
    page = re.sub("<[^>]+>", "", boss.get("/admin/orders/destination/").text)
    assert re.search(r"paused by olga since unknown;.+breaker open tries one step at", page)
    front = boss.get("/admin/").text
    assert "sap is paused by olga" in front
    assert "sap: the circuit breaker is open" in front


@pytest.mark.parametrize("reason", ["", "A5"])
def test_a_cancellation_says_what_the_desk_undoes_and_what_is_left_to_people(
    order: Order, settings: Settings, reason: str
) -> None:
    settings.SAP = replace(settings.SAP, rejection_reason=reason)
    settle(order)
    sales = staff("sales")
    rest = "marketing (done, 4711), printing (done, 4711)."
    by_desk = f"The desk undoes: sap (done, 4711). Left to people to undo: {rest}"
    by_people = f"Left to people to undo: sap (done, 4711), {rest}"
    expected = by_desk if reason else by_people
    assert expected in act(sales, "orders/order", "cancel", order).text
    told = messages(act(sales, "orders/order", "cancel", order, confirmed="yes"))
    assert told == f"{order.number} is cancelled. {expected}"
    assert order.steps.get(name="sap_cancel").state == "queued"


def test_a_cancellation_says_that_what_the_desk_undoes_is_held(order: Order, settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, rejection_reason="A5")
    order.steps.filter(name="sap").update(state="done", reference="4711")
    destinations.pause("sap", by="olga")
    told = messages(act(staff("sales"), "orders/order", "cancel", order, confirmed="yes"))
    assert "The desk undoes: sap (done, 4711). That is held: sap is paused by olga." in told


@pytest.mark.django_db
@pytest.mark.parametrize(("email", "said"), [("helgi@example.com", "The customer is told by mail."), ("", "")])
def test_a_cancellation_says_that_the_customer_is_told(settings: Settings, email: str, said: str) -> None:
    settings.CANCEL_STEPS = {"mail_cancel": "integrations.mail.tasks.tell_of_cancellation"}
    order = make_order(steps=["mail"], email=email)
    order.steps.update(state="done", reference="<X.received@shop.example>" if email else "")
    told = messages(act(staff("sales"), "orders/order", "cancel", order, confirmed="yes"))
    assert told == f"{order.number} is cancelled. {said or 'Nothing had happened yet.'}"


def test_of_several_orders_those_that_can_not_be_cancelled_are_counted(order: Order) -> None:
    shipped = make_order(status="shipped")
    told = messages(act(staff("sales"), "orders/order", "cancel", order, shipped, confirmed="yes"))
    assert "1 order left alone: packed, shipped and cancelled orders can't be cancelled." in told
    assert f"{order.number} is cancelled. Nothing had happened yet." in told


@pytest.mark.parametrize("action", ["send_again", "done_by_hand"])
def test_a_slip_that_wants_an_answer_is_left_alone_and_says_where_to_answer(
    picker: Client, job: PrintJob, action: str
) -> None:
    step = job.order.steps.get()
    told = messages(act(picker, "orders/step", action, step))
    assert "Left alone: 1 step, since nobody knows whether the slip was printed." in told
    assert "answer with the buttons" in told
    step.refresh_from_db()
    assert step.state == Step.State.PARKED


@pytest.mark.parametrize("page", ["order", "step"])
def test_the_answer_is_given_where_the_question_is_seen(picker: Client, job: PrintJob, page: str) -> None:
    row = job.order if page == "order" else job.order.steps.get()
    url = f"/admin/orders/{page}/{row.pk}/change/"
    shown = picker.get(url).text
    assert 'value="Yes, the slip is at Gate 3"' in shown
    assert 'value="No, the slip is not at Gate 3: print it again…"' in shown
    assert 'value="send_again"' not in shown
    form = shown.rpartition('name="action" value="it_is_there"')
    assert form[0].rpartition('action="')[2].startswith("/admin/printing/printjob/")
    assert f'name="_selected_action" value="{job.pk}"' in form[2].partition("</form>")[0]
    answered = act(picker, "printing/printjob", "it_is_there", job, back=url)
    assert answered.redirect_chain[-1][0] == url
    assert messages(answered) == f"{job}: printed."
    assert "Yes, the slip is" not in answered.text


def test_those_who_may_not_answer_are_not_asked(job: PrintJob) -> None:
    assert "Yes, the slip is" not in staff("sales").get(f"/admin/orders/order/{job.order_id}/change/").text


def test_a_new_copy_that_does_not_come_out_now_says_why(picker: Client, job: PrintJob) -> None:
    told = messages(act(picker, "printing/printjob", "it_is_not_there", job, confirmed="yes"))
    assert told == f"{job.order}/r1/c2: to be sent, but Gate 3 takes nothing now. It is out of paper."
    destinations.pause("printing", by="olga")
    PrintJob.objects.filter(copy=2).update(state="unknown")
    told = messages(act(picker, "printing/printjob", "it_is_not_there", PrintJob.objects.get(copy=2), confirmed="yes"))
    assert told == f"{job.order}/r1/c3: to be sent, but held: printing is paused by olga."


def test_a_slip_of_a_cancelled_order_is_not_said_to_be_printed_again(picker: Client, job: PrintJob) -> None:
    Order.objects.update(status="cancelled")
    told = messages(act(picker, "printing/printjob", "it_is_not_there", job))
    assert told == f"{job}: noted. It is not printed again, since its order is cancelled."


def test_the_question_counts_the_copies_that_will_be_printed(picker: Client, job: PrintJob) -> None:
    printed = PrintJob.objects.create(order=make_order(), printer=job.printer, state="done", job_id="7")
    assert "This prints a new copy," in act(picker, "printing/printjob", "it_is_not_there", job, printed).text
    assert "This prints a new copy," in act(picker, "printing/printjob", "reprint", job, printed).text


def test_a_printer_is_not_said_to_have_what_it_has_not(boss: Client, printer: Printer) -> None:
    assert messages(act(boss, "printing/printer", "take_folder", printer)) == "Gate 3 has no spool folder."
    assert messages(act(boss, "printing/printer", "paper_checked", printer)) == "None of them asked for it."
    page = boss.get(f"/admin/printing/printer/{printer.pk}/change/").text
    assert 'value="take_folder"' not in page
    assert 'value="paper_checked"' not in page
