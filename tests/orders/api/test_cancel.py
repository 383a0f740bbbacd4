"""POST /order/<order_num>/cancel: until it is packed, by who placed it."""

import pytest
from pytest_django import Settings

from orders.models import Deed, Event, Order
from orders.models.api_key import Scope
from tests.factories import make_order
from tests.orders.api.customer import Shop, problem
from tests.orders.api.test_authentication import key


@pytest.fixture
def order(db: None) -> Order:
    return make_order([], client="front")


def now(order: Order) -> str:
    order.refresh_from_db()
    return order.status


def test_a_client_cancels_its_own_order_and_cancelling_again_gives_the_same_answer(shop: Shop, order: Order) -> None:
    first = shop.cancel(order.number, Authorization=key())
    assert (first.status_code, first["Cache-Control"]) == (200, "no-store")
    assert now(order) == "cancelled"
    assert order.cancelled_at
    told = order.cancelled_at.isoformat().replace("+00:00", "Z")
    assert first.json() == {"order_num": order.number, "status": "cancelled", "cancelled_at": told}
    assert set(order.steps.values_list("state", flat=True)) == {"cancelled"}
    again = shop.cancel(order.number, Authorization=key())
    assert (again.status_code, again.json()) == (200, first.json())
    assert [(deed.what, deed.by) for deed in Deed.objects.filter(order=order)] == [("cancelled", "API: front")]
    assert Event.objects.get(order=order).type == "order.cancelled"


@pytest.mark.parametrize("client", ["front", ""])
def test_with_if_match_it_is_cancelled_only_as_long_as_it_is_what_the_caller_saw(
    shop: Shop, settings: Settings, client: str
) -> None:
    settings.GUEST_CANCEL = True
    order = make_order([], client=client)
    who = {"Authorization": key()} if client else {}
    seen = shop.get(order.number, **who)["ETag"]
    order.steps.update(state="done")
    problem(shop.cancel(order.number, If_Match=seen, **who), 412)
    assert now(order) == "received"
    seen = shop.get(order.number, **who)["ETag"]
    first = shop.cancel(order.number, If_Match=seen, **who)
    assert (first.status_code, now(order)) == (200, "cancelled")
    assert shop.cancel(order.number, If_Match=seen, **who).json() == first.json()


def test_if_match_with_a_star_is_any_order(shop: Shop, order: Order) -> None:
    assert shop.cancel(order.number, Authorization=key(), If_Match="*").status_code == 200


@pytest.mark.parametrize("status", ["packed", "shipped"])
def test_what_is_packed_can_not_be_cancelled(shop: Shop, order: Order, status: str) -> None:
    Order.objects.update(status=status)
    body = problem(shop.cancel(order.number, Authorization=key()), 409)
    assert body["detail"] == f"Order {order.number} is already {status} and can't be cancelled."
    assert now(order) == status
    assert set(order.steps.values_list("state", flat=True)) == {"queued"}


def test_it_needs_its_scope(shop: Shop, order: Order) -> None:
    answer = shop.cancel(order.number, Authorization=key("front", Scope.WRITE, Scope.READ))
    assert "orders:cancel" in problem(answer, 403)["detail"]
    assert now(order) == "received"


def test_another_clients_order_and_a_guests_are_unknown(shop: Shop, order: Order) -> None:
    guests = make_order([])
    answers = [shop.cancel(number, Authorization=key("till")) for number in (order.number, guests.number, "x")]
    assert len({str(problem(answer, 404)) for answer in answers}) == 1
    assert (now(order), now(guests)) == ("received", "received")


@pytest.mark.parametrize("guests_may", [False, True])
def test_guests_may_where_the_shop_lets_them_and_never_a_clients_order(
    shop: Shop, order: Order, settings: Settings, guests_may: bool
) -> None:
    settings.GUEST_CANCEL = guests_may
    guests = make_order([])
    answer = shop.cancel(guests.number)
    assert answer.status_code == (200 if guests_may else 401)
    assert now(guests) == ("cancelled" if guests_may else "received")
    assert shop.cancel("x").status_code == (404 if guests_may else 401)
    refused = shop.cancel(order.number)
    assert problem(refused, 401)
    assert refused["WWW-Authenticate"] == 'Bearer realm="orders"'
    assert now(order) == "received"


def test_it_is_no_page_to_look_at(shop: Shop, order: Order) -> None:
    assert shop.client.get(f"/order/{order.number}/cancel").status_code == 405
    assert now(order) == "received"
