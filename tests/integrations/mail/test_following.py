"""The mails that come later in an order's life: shipped, cancelled. They change nothing of what the order is."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from orders.lifecycle import cancel_order, ship
from orders.models import Event, Order, Step
from orders.steps import run_again, run_step
from orders.steps.outcome import Done, Permanent
from orders.steps.settling import settle_complete
from tests.factories import make_order
from tests.integrations.mail.mail_server import MailServer
from tests.integrations.mail.runs import again, run

pytestmark = pytest.mark.django_db
State = Step.State


def shipped(order: Order) -> Order:
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PACKED)
    ship(Order.objects.filter(pk=order.pk), by="anna")
    return Order.objects.get(pk=order.pk)


def test_who_ships_an_order_tells_its_customer_once(server: MailServer, mailed: Order) -> None:
    run(mailed)
    settled = Order.objects.get(pk=mailed.pk).settled_at
    order = shipped(mailed)
    assert ship(Order.objects.filter(pk=order.pk), by="anna") == []
    assert run(order, "mail_shipped").reference == f"<{order.number}.shipped@shop.example>"
    assert [mail.read["Subject"] for mail in server.mails] == [
        f"We have received your order {order.number}",
        f"Your order {order.number} is on its way",
    ]
    order.refresh_from_db()
    assert (order.status, order.settled_at) == ("shipped", settled)
    assert order.events.filter(type=Event.Type.PROCESSED).count() == 1


def test_an_order_is_settled_though_its_customer_is_not_told_of_the_parcel(server: MailServer, mailed: Order) -> None:
    """SAP is late: the order is shipped before its last step is done."""
    order = shipped(mailed)
    server.faults = {"RCPT": "550 5.1.1 unknown"}
    assert run(order, "mail_shipped").state == State.PARKED
    order.refresh_from_db()
    assert order.settled_at is None
    server.faults = {}
    run(order)
    order.refresh_from_db()
    assert order.settled_at
    assert order.events.filter(type=Event.Type.PROCESSED).count() == 1


def test_the_sweeper_settles_it_too(mailed: Order, settings: Settings) -> None:
    """The last step was marked as done by hand."""
    order = shipped(mailed)
    order.steps.filter(name="mail").update(state="done", finished_at="2026-01-01T00:00Z")
    settle_complete()
    order.refresh_from_db()
    assert order.settled_at


def test_a_step_that_ends_a_shipped_order_does_not_wait_for_the_others(mailed: Order) -> None:
    """The mail of the parcel is done first: it must not settle an order whose SAP is open."""
    order = shipped(mailed)
    run_step(order.pk, "mail_shipped", lambda claim: Done())
    order.refresh_from_db()
    assert order.settled_at is None


def test_without_the_destination_nothing_is_added(mailed: Order, settings: Settings) -> None:
    settings.SHIP_STEPS = {}
    shipped(mailed)
    assert not mailed.steps.filter(name="mail_shipped").exists()


def test_who_was_told_of_the_order_is_told_of_its_end(server: MailServer, mailed: Order) -> None:
    run(mailed)
    cancel_order(mailed.pk, by="anna")
    assert run(mailed, "mail_cancel").state == State.DONE
    assert server.mails[-1].read["Message-ID"] == f"<{mailed.number}.cancelled@shop.example>"


def test_who_was_told_of_its_end_is_not_told_again(server: MailServer, mailed: Order) -> None:
    """The step is opened again when a late worker has told of the order."""
    run(mailed)
    cancel_order(mailed.pk, by="anna")
    before = run(mailed, "mail_cancel")
    run_again(mailed.pk, "mail_cancel")
    after = run(mailed, "mail_cancel")
    assert (after.state, after.reference, after.attempts) == (State.DONE, before.reference, 2)
    assert len(server.mails) == 2


def test_who_was_not_told_at_first_is_told_of_its_end_then(server: MailServer, mailed: Order) -> None:
    mailed.steps.update(reference="<1@shop.example>")
    cancel_order(mailed.pk, by="anna")
    Step.objects.bulk_create([Step(order=mailed, name="mail_cancel", due_at=timezone.now())])
    mailed.steps.filter(name="mail").update(reference="")
    assert (run(mailed, "mail_cancel").state, server.mails) == (State.DONE, [])
    mailed.steps.filter(name="mail").update(reference="<1@shop.example>")
    run_again(mailed.pk, "mail_cancel")
    assert (run(mailed, "mail_cancel").state, len(server.mails)) == (State.DONE, 1)


def test_who_was_not_told_of_the_order_is_not_told_of_its_end(server: MailServer, mailed: Order) -> None:
    server.faults = {"connect": "421 4.3.2 closing"}
    run(mailed)
    cancel_order(mailed.pk, by="anna")
    assert not mailed.steps.filter(name="mail_cancel").exists()
    assert mailed.steps.get().state == State.CANCELLED


@pytest.mark.usefixtures("short")
def test_who_may_have_been_told_of_the_order_is_told_of_its_end(server: MailServer, mailed: Order) -> None:
    server.faults = {"end": "drop"}
    run(mailed)
    cancel_order(mailed.pk, by="anna")
    server.faults = {}
    assert run(mailed, "mail_cancel").state == State.DONE
    assert [mail.read["Subject"] for mail in server.mails] == [f"Your order {mailed.number} was cancelled"]


def test_an_order_without_an_address_is_cancelled_without_a_mail(server: MailServer) -> None:
    order = make_order(steps=["mail"])
    run(order)
    cancel_order(order.pk, by="anna")
    step = run(order, "mail_cancel")
    assert (step.state, step.reference, server.seen) == (State.DONE, "", [])


def test_a_mail_on_its_way_is_waited_for(server: MailServer, mailed: Order) -> None:
    seen = []

    def cancelled_meanwhile(claim: object) -> Done:
        cancel_order(mailed.pk, by="anna")
        seen.append(run(mailed, "mail_cancel").state)
        raise Permanent("Refused.", next_action="None.")

    run_step(mailed.pk, "mail", cancelled_meanwhile)
    assert seen == [State.WAITING]
    step = again(mailed, "mail_cancel")
    assert (step.state, step.reference, server.mails) == (State.DONE, "", [])
