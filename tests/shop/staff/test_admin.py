"""What staff can see and do. A test logs in as somebody of a role and clicks as they would."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.models import Attempt, DeadLetter, Destination, Order, Product, Step
from orders.placing import place_order
from shop.staff.admin import history
from shop.staff.roles import make_roles

LISTS = ["order", "step", "destination", "deadletter", "product"]


def staff(role: str) -> Client:
    """Somebody of that role, logged in; "" is a superuser."""
    make_roles()
    user = User.objects.create_user(role or "boss", password="x", is_staff=True, is_superuser=not role)
    if role:
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def boss(db: None) -> Client:
    return staff("")


def act(client: Client, model: str, action: str, *rows: Any, **more: str) -> Any:
    data = {"action": action, "_selected_action": [row.pk for row in rows]} | more
    return client.post(f"/admin/orders/{model}/", data, follow=True)


def park(order: Order, name: str = "sap", **values: Any) -> Step:
    step = order.steps.get(name=name)
    values = {"state": "parked", "reason": "SAP knows no such material.", "finished_at": timezone.now()} | values
    Step.objects.filter(pk=step.pk).update(**values)
    return step


def settle(order: Order, status: str = "processed") -> None:
    order.steps.update(state="done", reference="4711", finished_at=timezone.now())
    Order.objects.filter(pk=order.pk).update(status=status, settled_at=timezone.now())


@pytest.mark.parametrize("model", LISTS)
def test_every_list_and_page_opens(boss: Client, order: Order, model: str) -> None:
    step = park(order)
    Attempt.objects.create(step=step, number=1, started_at=timezone.now(), outcome="permanent", answer="<b>no</b>")
    letter = DeadLetter.objects.create(queue="sap", reason="broken", body=b"\xff<script>")
    page = boss.get(f"/admin/orders/{model}/")
    assert page.status_code == 200
    rows = {"order": order, "step": step, "destination": Destination(name="sap"), "deadletter": letter}
    row = rows.get(model, Product.objects.first())
    assert row
    page = boss.get(f"/admin/orders/{model}/{row.pk}/change/")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<b>no</b>" not in page.text


def test_the_first_page_shows_what_came_in_and_what_does_not_move(boss: Client, order: Order) -> None:
    park(order)
    Destination.objects.create(name="marketing", paused=True, paused_by="lena", paused_at=timezone.now())
    page = boss.get("/admin/").text
    assert "<b>1</b>order today" in page
    assert "<b>1</b>parked: somebody must look" in page
    assert "paused</span> by lena" in page


@pytest.mark.parametrize("typed", ["{number}", "{lower}", " {bare} ", "helgi", "Möller"])
def test_an_order_is_found_by_its_number_as_typed_and_by_the_customer(boss: Client, order: Order, typed: str) -> None:
    other = place_order(customer_name="Олег", quantities={Product.objects.first().pk: 1})  # type: ignore[union-attr]
    number = order.number
    query = typed.format(number=number, lower=number.lower(), bare=number.replace("-", ""))
    page = boss.get("/admin/orders/order/", {"q": query}).text
    assert number in page
    assert other.number not in page


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
        place_order(customer_name="Jo", quantities={Product.objects.first().pk: 1})  # type: ignore[union-attr]
    assert statements() == one


def test_a_list_counts_no_further_than_it_shows(boss: Client, order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_ROWS", 2)
    for _ in range(3):
        place_order(customer_name="Jo", quantities={Product.objects.first().pk: 1})  # type: ignore[union-attr]
    page = boss.get("/admin/orders/order/")
    assert page.context_data["cl"].result_count == 2
    assert "The newest 2. Search or filter" in page.text


def test_orders_and_steps_are_neither_added_nor_changed_nor_deleted_by_hand(boss: Client, order: Order) -> None:
    for model, row in (("order", order), ("step", order.steps.first())):
        assert row
        assert boss.get(f"/admin/orders/{model}/add/").status_code == 403
        assert boss.post(f"/admin/orders/{model}/{row.pk}/change/", {"customer_name": "x"}).status_code == 403
        assert boss.post(f"/admin/orders/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    act(boss, "order", "delete_selected", order, post="yes")
    assert Order.objects.get() == order


def test_orders_are_packed_and_shipped_in_their_sequence(order: Order) -> None:
    warehouse = staff("warehouse")
    assert "1 order left alone: not processed" in act(warehouse, "order", "pack", order).text
    settle(order)
    assert "1 order left alone: not packed" in act(warehouse, "order", "ship", order).text
    assert "1 order marked as packed" in act(warehouse, "order", "pack", order).text
    assert "1 order marked as shipped" in act(warehouse, "order", "ship", order).text
    order.refresh_from_db()
    assert order.status == "shipped"
    assert [entry.change_message for entry in LogEntry.objects.order_by("id")] == [
        "Marked as packed.",
        "Marked as shipped.",
    ]


def test_cancelling_asks_first_and_names_what_has_happened(order: Order) -> None:
    sales = staff("sales")
    settle(order, "received")
    park(order, "printing")
    asked = act(sales, "order", "cancel", order).text
    assert "already happened: sap (done, 4711), marketing (done, 4711)" in asked
    order.refresh_from_db()
    assert order.status == "received"
    done = act(sales, "order", "cancel", order, confirmed="yes").text
    assert "Please undo what has happened: sap (done, 4711), marketing (done, 4711)." in done
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert order.steps.get(name="printing").state == "cancelled"


def test_a_shipped_order_is_not_cancelled(order: Order) -> None:
    settle(order, "shipped")
    page = act(staff("sales"), "order", "cancel", order, confirmed="yes").text
    assert "can&#x27;t be cancelled" in page
    order.refresh_from_db()
    assert order.status == "shipped"


@pytest.mark.parametrize("model", ["order", "step"])
def test_sending_again_shows_the_count_first(order: Order, model: str) -> None:
    step = park(order)
    row: Any = order if model == "order" else step
    operations = staff("operations")
    asked = act(operations, model, "send_again", row).text
    assert "Yes, send 1 step again" in asked
    assert "SAP knows no such material." in asked
    step.refresh_from_db()
    assert step.state == "parked"
    assert "1 step will be sent again" in act(operations, model, "send_again", row, confirmed="yes").text
    step.refresh_from_db()
    assert step.state == "queued"


def test_a_parked_step_is_marked_as_done_after_asking(order: Order) -> None:
    operations, row = staff("operations"), order.steps.get(name="sap")
    order.steps.filter(name="sap").update(state=Step.State.PARKED, reason="Cancel it in SAP.")
    assert "Yes, mark 1 step as done by hand" in act(operations, "step", "done_by_hand", row).text
    assert order.steps.get(name="sap").state == "parked"
    assert "1 step marked as done by hand" in act(operations, "step", "done_by_hand", row, confirmed="yes").text
    assert order.steps.get(name="sap").state == "done"


def test_what_is_done_is_not_sent_again(boss: Client, order: Order) -> None:
    settle(order)
    page = act(boss, "order", "send_again", order, confirmed="yes").text
    assert "None of these steps is waiting or parked" in page
    assert set(order.steps.values_list("state", flat=True)) == {"done"}


def test_all_that_failed_since_a_time_is_counted_then_sent(order: Order) -> None:
    operations, now = staff("operations"), timezone.localtime()
    step = park(order)
    old = park(order, "printing", finished_at=timezone.now() - timedelta(days=3))
    day = now - timedelta(days=1)
    since = {"since_0": day.date().isoformat(), "since_1": day.strftime("%H:%M:%S"), "name": ""}
    assert "Count them" in operations.get("/admin/orders/step/since/").text
    assert "Yes, send 1 step again" in operations.post("/admin/orders/step/since/", since).text
    operations.post("/admin/orders/step/since/", since | {"confirmed": "yes"})
    step.refresh_from_db()
    old.refresh_from_db()
    assert (step.state, old.state) == ("queued", "parked")


def test_a_destination_is_paused_and_goes_on(order: Order) -> None:
    operations = staff("operations")
    operations.get("/admin/orders/destination/")  # The list makes the missing rows.
    sap = Destination.objects.get(name="sap")
    assert "Sap is paused; steps held for it: 1." in act(operations, "destination", "pause", sap).text
    sap.refresh_from_db()
    assert (sap.paused, sap.paused_by) == (True, "operations")
    assert "Sap goes on" in act(operations, "destination", "resume", sap).text
    Destination.objects.update(open_until=timezone.now(), failures=7)
    assert "the breaker is closed" in act(operations, "destination", "close_breaker", sap).text
    sap.refresh_from_db()
    assert (sap.paused, sap.open_until, sap.failures) == (False, None, 0)


def test_a_dead_letter_is_sent_again_after_asking_and_the_brokers_refusal_is_told(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")
    sent: list[tuple[int, str]] = []
    monkeypatch.setattr("orders.messaging.dead_letters.send_again", lambda letter, by: sent.append((letter.pk, by)))
    assert "Yes, send 1 message again" in act(boss, "deadletter", "send_again", letter).text
    assert sent == []
    assert "1 message sent again" in act(boss, "deadletter", "send_again", letter, confirmed="yes").text
    assert sent == [(letter.pk, "boss")]

    def refuse(letter: DeadLetter, by: str) -> None:
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr("orders.messaging.dead_letters.send_again", refuse)
    assert "no broker" in act(boss, "deadletter", "send_again", letter, confirmed="yes").text


def test_products_are_put_on_and_taken_off_sale(products: list[Product]) -> None:
    sales = staff("sales")
    act(sales, "product", "deactivate", *products[:2])
    assert Product.objects.filter(active=False).count() == 2
    act(sales, "product", "activate", products[0])
    assert Product.objects.filter(active=False).count() == 1
    assert products[1].sku in sales.get("/admin/orders/product/", {"active__exact": "0"}).text


ACTIONS = {
    ("order", "pack"): {"warehouse"},
    ("order", "ship"): {"warehouse"},
    ("order", "cancel"): {"sales", "operations"},
    ("order", "send_again"): {"warehouse", "operations"},
    ("step", "send_again"): {"warehouse", "operations"},
    ("destination", "pause"): {"operations"},
    ("destination", "close_breaker"): {"operations"},
    ("deadletter", "send_again"): {"operations"},
    ("product", "deactivate"): {"sales"},
}


@pytest.mark.parametrize("role", ["sales", "warehouse", "operations"])
def test_each_role_is_offered_what_is_its_own(order: Order, role: str) -> None:
    client = staff(role)
    Destination.objects.create(name="sap")
    DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")
    for (model, action), roles in ACTIONS.items():
        offered = f'<option value="{action}">' in client.get(f"/admin/orders/{model}/").text
        assert offered is (role in roles), (role, model, action)


def test_an_action_that_was_not_offered_does_nothing(order: Order) -> None:
    act(staff("warehouse"), "order", "cancel", order, confirmed="yes")
    assert staff("sales").get("/admin/orders/step/since/").status_code == 403
    order.refresh_from_db()
    assert order.status == "received"


def test_strangers_and_customers_see_the_logon_only(db: None) -> None:
    for model in LISTS:
        assert Client().get(f"/admin/orders/{model}/").status_code == 302


def test_an_action_never_sends_staff_to_another_site(boss: Client, order: Order) -> None:
    response = boss.post(
        "/admin/orders/order/",
        {"action": "pack", "_selected_action": [order.pk], "back": "https://evil.example/"},
    )
    assert response["Location"] == "/admin/orders/order/"


def test_making_roles_again_keeps_their_members(db: None) -> None:
    staff("sales")
    make_roles()
    assert Group.objects.get(name="sales").user_set.count() == 1
    assert Group.objects.count() == 3
