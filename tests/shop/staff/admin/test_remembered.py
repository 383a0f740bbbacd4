"""Who did what, when: on the page of the row, on its history page, and in a list of all."""

import pytest
from django.test import Client

from orders.models import DeadLetter, Deed, Destination, Order
from printing.models import Printer, PrintJob
from tests.factories import make_product
from tests.shop.staff.conftest import act, park, staff


def cells(page: str) -> list[str]:
    """What the last table of deeds says, without the time."""
    table = page.rpartition('<div class="module desk-deeds">')[2].partition("</table>")[0]
    rows = table.split("<tr>")[2:]
    return [" | ".join(cell.partition("</td>")[0] for cell in row.split("<td>")[2:]) for row in rows]


def test_an_order_tells_who_did_what_to_it_its_steps_and_its_slips(order: Order, printer: Printer) -> None:
    park(order)
    order.steps.filter(name="printing").update(state="done")
    slip = PrintJob.objects.create(order=order, printer=printer, state="done")
    act(staff("operations"), "orders/step", "send_again", order.steps.get(name="sap"), confirmed="yes")
    warehouse = staff("warehouse")
    act(warehouse, "orders/order", "pack", order)
    act(warehouse, "printing/printjob", "reprint", slip, confirmed="yes")
    number = order.number
    assert cells(warehouse.get(f"/admin/orders/order/{order.pk}/history/").text) == [
        f"warehouse | asked for a new copy | {number}/r1/c2 | It goes to Gate 3.",
        f"warehouse | packed | {number} | ",
        f"operations | sent again | sap of {number} | SAP knows no such material.",
    ]


@pytest.mark.parametrize("page", ["change", "history"])
def test_a_destination_tells_who_paused_it_and_who_let_it_go_on(db: None, page: str) -> None:
    sap, operations = Destination.objects.create(name="sap"), staff("operations")
    act(operations, "orders/destination", "pause", sap, confirmed="yes")
    act(operations, "orders/destination", "resume", sap)
    assert cells(operations.get(f"/admin/orders/destination/sap/{page}/").text) == [
        "operations | resumed | sap | ",
        "operations | paused | sap | Upgrade until noon.",
    ]


def test_a_row_that_nobody_touched_says_so(boss: Client, order: Order) -> None:
    assert "Nobody has done anything to it yet" in boss.get(f"/admin/orders/order/{order.pk}/history/").text


def test_what_a_form_changes_is_kept_with_what_it_was(db: None) -> None:
    sales, product = staff("sales"), make_product(price=7, bin_location="A-1")
    form = {"sku": product.sku, "name": product.name, "price": "8", "bin_location": "A-1", "active": "on"}
    url = f"/admin/orders/product/{product.pk}/change/"
    sales.post(url, form)
    sales.post(url, form)  # Nothing new.
    assert cells(sales.get(url).text) == [f"sales | changed | {product} | price: 7.00 → 8"]


def test_a_printer_that_is_added_changed_and_deleted_leaves_who_did_it(db: None) -> None:
    operations = staff("operations")
    form = {"name": "Gate 4", "url": "ipp://cups.lan/printers/four", "station": "", "paper": "a5", "active": "on"}
    operations.post("/admin/printing/printer/add/", form)
    printer = Printer.objects.get()
    operations.post(f"/admin/printing/printer/{printer.pk}/change/", form | {"paper": "a4"})
    operations.post(f"/admin/printing/printer/{printer.pk}/delete/", {"post": "yes"})
    assert not Printer.objects.exists()
    kept = Deed.objects.order_by("id").values_list("what", "by", "name", "detail")
    assert list(kept) == [
        ("added", "operations", "Gate 4", ""),
        ("changed", "operations", "Gate 4", "paper: a5 → a4"),
        ("deleted", "operations", "Gate 4", ""),
    ]


def test_what_is_gone_is_still_told_of_in_the_list_of_all(db: None) -> None:
    operations = staff("operations")
    letters = [DeadLetter.objects.create(queue="sap", task="t", reason=f"Broken {n}.", body=b"x") for n in range(2)]
    act(operations, "orders/deadletter", "delete", letters[0], confirmed="yes")
    operations.post(f"/admin/orders/deadletter/{letters[1].pk}/delete/", {"post": "yes"})
    page = operations.get("/admin/orders/deed/", {"q": "operations"}).text
    assert "t from sap: Broken 0." in page
    assert "t from sap: Broken 1." in page
    assert "Broken" not in operations.get("/admin/orders/deed/", {"q": "lena"}).text
