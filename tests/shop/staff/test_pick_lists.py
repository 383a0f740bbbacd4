"""Pick lists in the staff's pages: made with one click, shown, ended; who may do what."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import lifecycle, pick_lists
from orders.models import Destination, Order, PickList
from printing.models import ListJob, Printer
from tests.factories import make_order, make_product
from tests.orders.test_pick_lists import to_pack
from tests.shop.staff.conftest import staff


def press(client: Client) -> PickList:
    page = client.post("/desk/picklists/next", follow=True)
    made = PickList.objects.latest("pk")
    assert page.redirect_chain == [(f"/desk/picklists/{made.pk}", 302)]
    return made


def test_one_click_makes_a_list_of_the_oldest_and_the_next_click_one_of_those_that_follow(picker: Client) -> None:
    orders = to_pack(27)
    assert "Pick list of the 26 oldest" in picker.get("/desk/picklists").text
    first, second = press(picker), press(picker)
    assert [made.created_by for made in (first, second)] == ["warehouse", "warehouse"]
    page = picker.get(f"/desk/picklists/{second.pk}").text
    assert orders[-1].number in page
    assert orders[0].number not in page
    said = picker.post("/desk/picklists/next", follow=True).text
    assert "No order waits for a pick list" in said
    assert "Every order that is to be packed is on a list." in said


def test_the_lists_say_how_far_each_is(picker: Client) -> None:
    orders = to_pack(3)
    made = press(picker)
    lifecycle.pack(Order.objects.filter(pk=orders[0].pk), by="wim")
    assert "1 of 3" in picker.get("/desk/picklists").text
    assert "2 of 3 orders left to pack." in picker.get(f"/desk/picklists/{made.pk}").text
    lifecycle.pack(Order.objects.all(), by="wim")
    page = picker.get("/desk/picklists").text
    assert "No list is open" in page
    assert "nothing left" in page
    assert "All 3 orders are packed, shipped or cancelled." in picker.get(f"/desk/picklists/{made.pk}").text
    assert picker.get(f"/desk/picklists/{made.pk}.pdf").status_code == 409


def test_the_paper_leaves_out_what_was_cancelled_or_packed_since(picker: Client) -> None:
    mug, rug = make_product(name="Enamel mug"), make_product(name="Jute rug")
    orders = [make_order([(product, 1)], steps=[]) for product in (mug, rug)]
    made = press(picker)
    before = picker.get(f"/desk/picklists/{made.pk}.pdf")
    assert before["Content-Disposition"] == f'inline; filename="PICK-{made.pk}.pdf"'
    lifecycle.cancel_order(orders[0].pk, by="sara")
    after = picker.get(f"/desk/picklists/{made.pk}.pdf")
    assert len(after.content) < len(before.content)


def test_a_list_is_ended_after_a_question_and_its_orders_come_on_the_next(picker: Client) -> None:
    (order,) = to_pack(1)
    made = press(picker)
    asked = picker.post(f"/desk/picklists/{made.pk}/end").text
    assert f"End PICK-{made.pk}?" in asked
    assert order.number in asked
    assert pick_lists.are_open(PickList.objects.all()).exists()
    done = picker.post(f"/desk/picklists/{made.pk}/end", {"confirmed": "yes"}, follow=True).text
    assert "1 order may go on the next list." in done
    assert "ended by warehouse" in done
    assert press(picker).entries.get().order == order


@pytest.mark.parametrize(("role", "may"), [("warehouse", True), ("sales", False), ("operations", False)])
def test_all_staff_see_lists_and_who_packs_makes_and_ends_them(db: None, role: str, may: bool) -> None:
    to_pack(1)
    made = pick_lists.take_next(by="wim")
    assert made
    to_pack(1)
    client = staff(role)
    for path in ("", f"/{made.pk}", f"/{made.pk}.pdf"):
        assert client.get(f"/desk/picklists{path}").status_code == 200
    assert ("Pick list of the" in client.get("/desk/picklists").text) is may
    assert client.post("/desk/picklists/next").status_code == (302 if may else 403)
    assert client.post(f"/desk/picklists/{made.pk}/end").status_code == (200 if may else 403)
    assert Client().get("/desk/picklists")["Location"].startswith("/admin/login/")
    assert client.get("/desk/picklists/4711").status_code == 404
    assert client.get("/desk/picklists/next").status_code == (405 if may else 403)


def test_only_pages_of_ours_may_show_the_paper(picker: Client) -> None:
    to_pack(1)
    made = press(picker)
    shown = picker.get(f"/desk/picklists/{made.pk}.pdf")
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    page = picker.get(f"/desk/picklists/{made.pk}")
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "frame-src" not in picker.get("/desk/picklists")["Content-Security-Policy"]


def test_the_pages_take_as_many_statements_for_many_lists_and_orders_as_for_one(picker: Client) -> None:
    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert picker.get(path).status_code == 200
        return len(queries)

    to_pack(1)
    one = press(picker)
    alone = [statements("/desk/picklists"), statements(f"/desk/picklists/{one.pk}")]
    to_pack(30)
    many = press(picker)
    press(picker)
    assert [statements("/desk/picklists"), statements(f"/desk/picklists/{many.pk}")] == alone


def test_done_lists_are_paged(picker: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.staff.pick_lists.pages.A_PAGE", 2)
    lists = [PickList.objects.create(created_at=timezone.now() - timedelta(days=1), created_by="wim") for _ in range(3)]
    first, second = (picker.get("/desk/picklists", {"page": str(page)}).text for page in (1, 2))
    assert [str(made) in first for made in lists] == [False, True, True]
    assert str(lists[0]) in second


@pytest.mark.parametrize("scanned", ["PICK-{}", "pickß{}", "P1CK {}"])
def test_a_list_s_number_opens_it_from_the_search_in_the_head(picker: Client, scanned: str) -> None:
    to_pack(1)
    made = press(picker)
    answer = picker.get("/desk/find", {"q": scanned.format(made.pk)})
    assert answer["Location"] == f"/desk/picklists/{made.pk}"


def test_a_list_is_printed_at_the_warehouses_printer_and_again_and_its_page_says_what_became_of_it(
    picker: Client, printer: Printer
) -> None:
    to_pack(2)
    made = press(picker)
    assert "Print it</button>" in picker.get(f"/desk/picklists/{made.pk}").text
    said = picker.post(f"/desk/picklists/{made.pk}/print", follow=True).text
    assert f"PICK-{made.pk}/r1/c1 goes to Gate 3" in said
    assert "asked for by warehouse" in said
    assert "Print it again</button>" in said
    assert "is still to be sent" in picker.post(f"/desk/picklists/{made.pk}/print", follow=True).text
    ListJob.objects.update(state="unknown")
    assert "Look whether it lies there." in picker.get(f"/desk/picklists/{made.pk}").text
    picker.post(f"/desk/picklists/{made.pk}/print")
    assert sorted(ListJob.objects.values_list("copy", flat=True)) == [1, 2]


def test_the_printer_of_a_list_can_be_chosen_and_a_strange_one_is_not_used(picker: Client, printer: Printer) -> None:
    to_pack(1)
    made = press(picker)
    other = Printer.objects.create(name="Office", url="ipp://two/p", takes_slips=False)
    assert f'<option value="{other.pk}">Office</option>' in picker.get(f"/desk/picklists/{made.pk}").text
    # (That printer is out of paper, so the other one comes first.)
    for given, used in ((str(printer.pk), printer), ("99999", other), ("x" * 5000, other)):
        ListJob.objects.all().delete()
        picker.post(f"/desk/picklists/{made.pk}/print", {"printer": given})
        assert ListJob.objects.get().printer == used


def test_a_list_that_is_held_says_so(picker: Client, printer: Printer) -> None:
    to_pack(1)
    made = press(picker)
    Destination.objects.create(name="printing", paused=True, paused_by="olga")
    assert "but held: printing is paused by olga" in picker.post(f"/desk/picklists/{made.pk}/print", follow=True).text
