"""A pick list that did not come out is told where people look, until somebody has the paper or needs none."""

import pytest
from django.test import Client

from orders import lifecycle, pick_lists
from orders.models import Deed, Order, PickList
from printing import list_jobs
from printing.models import ListJob, Printer
from shop.staff.needs import Need, needs
from tests.factories import make_order
from tests.shop.staff.conftest import settle, staff


@pytest.fixture
def made(printer: Printer) -> PickList:
    orders = [make_order() for _ in range(2)]
    for order in orders:
        settle(order)
    return pick_lists.take(Order.objects.filter(pk__in=[order.pk for order in orders]), by="wim")[0]


def copy(made: PickList, printer: Printer, state: str) -> ListJob:
    job = list_jobs.ask_for(made.pk, printer, by="wim")
    ListJob.objects.filter(pk=job.pk).update(state=state, reason="The printer refused it.")
    return job


def missed() -> list[Need]:
    return [need for need in needs() if need.kind == "pick list"]


@pytest.mark.parametrize("state", ["claimed", "sending", "accepted", "done"])
def test_a_list_that_is_on_its_way_or_out_needs_nobody(made: PickList, printer: Printer, state: str) -> None:
    copy(made, printer, state)
    assert missed() == []


def test_one_that_failed_and_one_of_which_nobody_knows_say_what_to_do(made: PickList, printer: Printer) -> None:
    copy(made, printer, "failed")
    (need,) = missed()
    assert need.sentence == (
        f"{made} was not printed at Gate 3. The printer refused it. Print it again, or open its PDF."
    )
    ListJob.objects.update(state="unknown")
    (need,) = missed()
    assert need.sentence == (f"{made}: nobody knows whether it was printed at Gate 3. Look; if not, print it again.")


def test_a_new_copy_or_the_end_of_the_list_ends_it(made: PickList, printer: Printer) -> None:
    copy(made, printer, "failed")
    copy(made, printer, "done")
    assert missed() == []
    copy(made, printer, "failed")
    assert len(missed()) == 1
    lifecycle.pack(Order.objects.all(), by="wim")
    assert missed() == []


def test_the_front_page_has_it_with_the_button_for_who_packs(made: PickList, printer: Printer, picker: Client) -> None:
    copy(made, printer, "unknown")
    page = picker.get("/admin/").text
    assert f"{made}: nobody knows" in page
    assert f'action="/desk/picklists/{made.pk}/found"' in page
    assert f"/desk/picklists/{made.pk}/found" not in staff("sales").get("/admin/").text
    answer = picker.post(f"/desk/picklists/{made.pk}/found", {"back": "/admin/"}, follow=True)
    assert answer.redirect_chain == [("/admin/", 302)]
    assert "You have it on paper" in answer.text
    assert missed() == []
    assert Deed.objects.filter(what=Deed.What.FOUND, by="warehouse").count() == 1
    assert "nobody misses its paper" in picker.post(f"/desk/picklists/{made.pk}/found", follow=True).text


def test_its_own_page_has_the_button_as_long_as_it_is_missed(made: PickList, printer: Printer, picker: Client) -> None:
    copy(made, printer, "failed")
    assert "I have it" in picker.get(f"/desk/picklists/{made.pk}").text
    copy(made, printer, "done")
    assert "I have it" not in picker.get(f"/desk/picklists/{made.pk}").text
