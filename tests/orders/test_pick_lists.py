"""Pick lists: the oldest orders first, no order on two open lists, done by what becomes of the orders."""

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from orders import lifecycle, pick_lists
from orders.models import Deed, Order, PickList, PickListEntry
from tests.factories import make_order, make_product
from tests.orders.test_shipments import at_once


def to_pack(count: int) -> list[Order]:
    """Orders whose slip is out."""
    product = make_product()
    orders = [make_order([(product, 1)], steps=["printing"]) for _ in range(count)]
    for order in orders:
        order.steps.update(state="done")
    return orders


def on(made: PickList | None) -> list[Order]:
    assert made
    return [entry.order for entry in made.entries.select_related("order")]


def opened() -> QuerySet[PickList]:
    return pick_lists.are_open(PickList.objects.all())


@pytest.mark.django_db
def test_a_list_has_the_oldest_orders_to_pack_and_the_next_one_those_that_follow() -> None:
    orders = to_pack(28)
    make_order()  # Its slip is not out.
    first = pick_lists.take_next(by="wim")
    assert on(first) == orders[:26]
    assert on(pick_lists.take_next(by="lena")) == orders[26:]
    assert pick_lists.take_next(by="wim") is None
    assert first
    assert [entry.letter for entry in first.entries.all()] == list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@pytest.mark.django_db
def test_who_put_an_order_on_which_list_is_remembered() -> None:
    (order,) = to_pack(1)
    made = pick_lists.take_next(by="wim")
    assert made
    assert [(deed.what, deed.by, deed.detail) for deed in order.deeds.all()] == [("listed", "wim", made.number)]
    pick_lists.end(made.pk, by="olga")
    ended = Deed.objects.filter(what="list ended").order_by("pk")
    assert [(deed.model, deed.by, deed.detail) for deed in ended] == [
        ("picklist", "olga", made.number),
        ("order", "olga", made.number),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["packed", "shipped", "cancelled"])
def test_a_list_is_done_when_none_of_its_orders_is_left_and_open_again_when_one_is_unpacked(status: str) -> None:
    one, other = to_pack(2)
    made = pick_lists.take_next(by="wim")
    lifecycle.pack(Order.objects.filter(pk=one.pk), by="wim")
    assert list(opened()) == [made]
    Order.objects.filter(pk=other.pk).update(status=status)
    assert not opened().exists()
    Order.objects.filter(pk=one.pk).update(status="received")
    assert list(opened()) == [made]
    assert pick_lists.take_next(by="lena") is None


@pytest.mark.django_db
def test_ending_a_list_frees_what_is_not_packed_once() -> None:
    one, other = to_pack(2)
    made = pick_lists.take_next(by="wim")
    assert made
    lifecycle.pack(Order.objects.filter(pk=one.pk), by="wim")
    assert pick_lists.end(made.pk, by="olga") == [other]
    assert pick_lists.end(made.pk, by="olga") == []
    assert not opened().exists()
    assert on(pick_lists.take_next(by="wim")) == [other]


@pytest.mark.django_db
def test_chosen_orders_fill_as_many_lists_as_they_need_and_those_on_a_list_are_left_out() -> None:
    orders = to_pack(3)
    listed = pick_lists.take_next(by="wim")
    more = [make_order(steps=[]) for _ in range(27)]
    make_order(status="packed")
    made = pick_lists.take(Order.objects.all(), by="lena")
    assert [on(one) for one in made] == [more[:26], more[26:]]
    assert on(listed) == orders


@pytest.mark.django_db
def test_the_database_refuses_an_order_on_two_open_lists() -> None:
    (order,) = to_pack(1)
    pick_lists.take_next(by="wim")
    second = PickList.objects.create(created_at=order.created_at, created_by="lena")
    with pytest.raises(IntegrityError):
        PickListEntry.objects.create(pick_list=second, order=order, box=0)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["PICK-{}", "pick-{}", " Pick {} ", "PICK–{}", "pickß{}", "P1CK'00{}", "pick{}"])
def test_a_list_is_found_by_what_stands_on_it_however_it_was_typed(typed: str) -> None:
    to_pack(1)
    made = pick_lists.take_next(by="wim")
    assert made
    assert pick_lists.find(typed.format(made.pk)) == made


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "PICK-", "PICK-0", "PICK-999", "42", "PICK-1x", "PICK-" + "9" * 40, "PICK-٤"])
def test_what_is_no_list_is_not_found(typed: str) -> None:
    assert pick_lists.find(typed) is None


@pytest.mark.django_db(transaction=True)
def test_two_people_who_press_at_once_get_different_orders() -> None:
    product = make_product()
    for _ in range(5):
        PickList.objects.all().delete()
        Order.objects.all().delete()
        for _ in range(30):
            make_order([(product, 1)], steps=[])
        raised = at_once(*[lambda: pick_lists.take_next(by="wim"), lambda: pick_lists.take_next(by="lena")] * 2)
        assert raised == [None] * 4
        counts = [made.entries.count() for made in PickList.objects.order_by("pk")]
        assert counts == [26, 4]
        assert PickListEntry.objects.values("order").distinct().count() == 30
