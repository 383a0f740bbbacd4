"""What becomes of a slip at a real printer and a real print server, and how many sheets come out."""

import os
import random
import socket
from collections import Counter

import pytest

from orders.steps import NotYet
from printing.printers.backend import Withdrawal
from printing.printers.ipp import queue
from printing.printers.ipp.queue import IppQueue
from printing.reprints import answer, reprint
from tests.peers.cups.conftest import MakeDesk, wait_until
from tests.peers.cups.printer import Printer
from tests.peers.cups.server import Cups
from tests.servers.proxy import Proxy

SHEETS = int(os.environ.get("SHOP_TEST_SHEETS", "15"))  # 500 for the long run


def test_a_slip_is_accepted_and_printed_once(desk: MakeDesk, cups: Cups, printer: Printer) -> None:
    shop = desk(cups.url)
    order = shop.order()
    step = shop.print(order)
    assert (step.state, step.reference) == ("done", f"job {shop.job(order).job_id} at Slips")
    shop.look_until(lambda: shop.job(order).state == "done")
    shop.print(order)
    assert printer.sheets() == [shop.job(order).name]


def test_a_queue_may_have_a_name_in_any_language(desk: MakeDesk, cups: Cups, printer: Printer) -> None:
    cups.admin("lpadmin", "-p", "Büro", "-E", "-v", cups.device)
    shop = desk(cups.url.replace("slips", "Büro"))
    order = shop.order()
    assert shop.print(order).state == "done"
    shop.look_until(lambda: shop.job(order).state == "done")
    assert printer.sheets() == [shop.job(order).name]


def test_a_raw_queue_passes_the_pdf_on_unchanged(desk: MakeDesk, cups: Cups, printer: Printer) -> None:
    shop = desk(cups.url)
    shop.print(shop.order())
    printer.wait_for_sheets(1)
    (document,) = (printer.folder / "documents").glob("*.pdf")
    assert document.read_bytes().startswith(b"%PDF")
    assert b"%%EOF" in document.read_bytes()[-8:]


@pytest.mark.parametrize("paper", ["4x6", "100x150", "letter"])
@pytest.mark.parametrize("through_cups", [True, False], ids=["cups", "printer"])
def test_a_printer_prints_whether_or_not_it_knows_the_paper(
    desk: MakeDesk, cups: Cups, printer: Printer, paper: str, through_cups: bool
) -> None:
    shop = desk(cups.url if through_cups else printer.url, paper=paper)
    order = shop.order()
    assert shop.print(order).state == "done"
    assert printer.wait_for_sheets(1) == [shop.job(order).name]


def test_a_name_that_the_print_server_does_not_know_as_its_own_says_the_cure(
    desk: MakeDesk, cups: Cups, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more: ask(host.replace("print.lan", "127.0.0.1"), *more))
    shop = desk(cups.url.replace("localhost", "print.lan"))
    step = shop.print(shop.order())
    assert step.state == "waiting"
    assert "add `ServerAlias print.lan` to cupsd.conf" in step.reason


def test_a_busy_printer_makes_the_second_slip_wait_and_both_come_out(desk: MakeDesk, printer: Printer) -> None:
    shop = desk(printer.url)
    printer.set_mood("slow")
    first, second = shop.order(), shop.order()
    assert shop.print(first).state == "done"
    waiting = shop.print(second)
    assert (waiting.state, shop.job(second).state) == ("waiting", "claimed")
    assert waiting.reason == "The printer is busy with another job."
    printer.set_mood("well")
    wait_until(lambda: shop.print(second).state == "done")
    assert printer.wait_for_sheets(2) == [shop.job(first).name, shop.job(second).name]


def test_paper_out_is_told_in_plain_words_and_refilled_it_goes_on_by_itself(
    desk: MakeDesk, cups: Cups, printer: Printer
) -> None:
    shop = desk(cups.url)
    printer.set_mood("empty")
    order = shop.order()
    assert shop.print(order).state == "done"
    shop.look_until(lambda: "It is out of paper." in shop.printer.reasons)
    assert shop.printer.blocked
    assert shop.printer.oldest_job_at == shop.job(order).accepted_at
    assert printer.sheets() == []
    printer.set_mood("well")
    shop.look_until(lambda: shop.job(order).state == "done")
    shop.look_until(lambda: not shop.printer.blocked)
    assert printer.sheets() == [shop.job(order).name]


def test_a_slip_the_printer_gives_up_on_is_failed_and_the_reprint_is_a_new_copy(
    desk: MakeDesk, printer: Printer
) -> None:
    shop = desk(printer.url)
    printer.set_mood("broken")
    order = shop.order()
    shop.print(order)
    shop.look_until(lambda: shop.job(order).state == "failed")
    assert "not printed to the end" in shop.step(order).warning
    assert printer.sheets() == []
    printer.set_mood("well")
    copy = reprint(shop.job(order), requested_by="ana")
    wait_until(lambda: shop.print(order).state == "done" and bool(printer.sheets()))
    assert printer.sheets() == [copy.name] == [f"{order.number}/r1/c2"]


def test_a_damaged_document_is_no_longer_ours_to_print_twice(
    desk: MakeDesk, cups: Cups, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = desk(cups.url)
    monkeypatch.setattr("printing.jobs.render", lambda order, **options: Damaged())
    order = shop.order()
    shop.print(order)
    shop.look()
    assert shop.job(order).state in ("accepted", "failed", "done")
    shop.print(order)
    assert len(IppQueue(cups.url)._list("not-completed") + IppQueue(cups.url)._list("completed")) == 1


class Damaged:
    content, pages, warnings = b"no PDF at all", 1, list[str]()


def test_the_slips_of_a_printer_that_is_gone_wait_and_go_on_when_it_is_back(desk: MakeDesk, printer: Printer) -> None:
    shop = desk(printer.url)
    printer.kill()
    order = shop.order()
    step = shop.print(order)
    assert (step.state, shop.job(order).state) == ("waiting", "claimed")
    assert "can't be reached" in step.reason
    assert shop.look().state == "offline"
    printer.start()
    shop.look()
    assert shop.printer.state == "ready"
    assert shop.step(order).due_at < step.due_at  # due now: the sweeper sends it
    shop.print(order)
    assert printer.wait_for_sheets(1) == [shop.job(order).name]


def test_a_printer_that_counts_from_one_again_is_not_believed_when_another_job_is_done(
    desk: MakeDesk, printer: Printer
) -> None:
    """It is switched off with a slip in its memory. What has the slip's number then is another job, of anybody's."""
    shop, queue = desk(printer.url), IppQueue(printer.url)
    printer.set_mood("empty")
    shop.print(lost := shop.order())
    printer.kill()
    printer.set_mood("well")
    printer.start()
    shop.print(later := shop.order())
    assert shop.job(later).job_id == shop.job(lost).job_id
    assert queue.withdraw(shop.job(lost).job_id, shop.job(lost).name) == Withdrawal.TOO_LATE
    shop.look_until(lambda: shop.job(later).state == "done")
    assert printer.wait_for_sheets(1) == [shop.job(later).name]
    assert shop.job(lost).state == "unknown"
    assert "Check the paper" in shop.step(lost).warning


def test_while_a_printer_is_gone_its_fallback_prints_what_certainly_was_not(
    desk: MakeDesk, printer: Printer, cups: Cups
) -> None:
    shop = desk("ipp://localhost:9/ipp/print")
    other = type(shop.printer).objects.create(name="Other", url=cups.url, takes_slips=False)
    shop.printer.fallback = other
    shop.printer.save()
    order = shop.order()
    assert shop.print(order).state == "waiting"
    assert shop.print(order).state == "done"
    assert shop.job(order).printer == other
    assert printer.wait_for_sheets(1) == [shop.job(order).name]


def test_behind_cups_a_printer_that_is_gone_prints_when_it_is_back(
    desk: MakeDesk, cups: Cups, printer: Printer
) -> None:
    shop = desk(cups.url)
    printer.kill()
    order = shop.order()
    assert shop.print(order).state == "done"
    shop.look()
    assert shop.printer.oldest_job_at == shop.job(order).accepted_at
    printer.start()
    shop.look_until(lambda: shop.job(order).state == "done", patience=60)
    assert printer.sheets() == [shop.job(order).name]


def test_a_printer_killed_while_printing_is_never_taken_for_done_without_a_sheet(
    desk: MakeDesk, cups: Cups, printer: Printer
) -> None:
    shop = desk(cups.url)
    printer.set_mood("slow")
    order = shop.order()
    shop.print(order)
    printer.wait_until_printing()
    printer.kill()
    printer.set_mood("well")
    printer.start()
    shop.look_until(lambda: shop.job(order).state != "accepted", patience=60)
    job = shop.job(order)
    if job.state == "done":
        assert printer.sheets() == [job.name]
    else:
        assert (job.state, shop.printer.check_paper) == ("unknown", True)
        assert "check the paper" in job.reason
        answer(job, there=bool(printer.sheets()), answered_by="ana")
        shop.print(order)
        assert len(printer.wait_for_sheets(1)) == 1


def test_a_dropped_reply_is_found_by_the_jobs_name(desk: MakeDesk, cups: Cups, printer: Printer, broken: Proxy) -> None:
    shop = desk(cups.url_at(broken.port))
    order = shop.order()
    broken.drop_reply()
    step = shop.print(order)
    assert (step.state, shop.job(order).state) == ("waiting", "unknown")
    assert shop.print(order).state == "done"
    shop.look_until(lambda: shop.job(order).state == "done")
    assert printer.sheets() == [shop.job(order).name]


def test_a_request_that_never_arrived_is_sent_again_only_where_the_queue_remembers(
    desk: MakeDesk, cups: Cups, printer: Printer, broken: Proxy
) -> None:
    shop = desk(cups.url_at(broken.port), keeps_history=True)
    order = shop.order()
    jobs = shop.print  # one delivery after another
    broken.black_hole()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("printing.printers.ipp.transport.ask.__kwdefaults__", {"reply_timeout": 1.0})
        assert jobs(order).state == "waiting"
    assert shop.job(order).state == "unknown"
    broken.cut()
    broken.heal()
    assert jobs(order).state == "done"
    shop.look_until(lambda: shop.job(order).state == "done")
    assert printer.sheets() == [shop.job(order).name]


def test_a_cupsd_killed_right_after_its_answer_still_prints(desk: MakeDesk, cups: Cups, printer: Printer) -> None:
    shop = desk(cups.url)
    printer.set_mood("slow")
    orders = [shop.order() for _ in range(3)]
    for order in orders:
        assert shop.print(order).state == "done"
    cups.kill()
    printer.set_mood("well")
    assert shop.look().state == "offline"
    cups.start()
    shop.look_until(lambda: all(shop.job(order).state in ("done", "unknown") for order in orders), patience=60)
    names = Counter(printer.sheets())
    assert set(names) == {shop.job(order).name for order in orders}


def test_a_slip_waits_for_a_queue_that_rejects_until_it_takes_jobs_again(
    desk: MakeDesk, cups: Cups, printer: Printer
) -> None:
    shop = desk(cups.url)
    cups.admin("cupsreject", "slips")
    order = shop.order()
    assert shop.print(order).reason == "The printer's queue takes no jobs at the moment."
    assert "It takes no jobs." in shop.look().reasons
    cups.admin("cupsaccept", "slips")
    assert shop.print(order).state == "done"
    assert printer.wait_for_sheets(1) == [shop.job(order).name]


def test_an_unknown_queue_is_named_as_such(desk: MakeDesk, cups: Cups) -> None:
    shop = desk(cups.url.replace("slips", "nowhere"))
    order = shop.order()
    assert "no such print queue" in shop.print(order).reason
    assert shop.job(order).state == "claimed"


@pytest.mark.timeout(3000)
def test_orders_over_a_line_that_drops_one_reply_in_ten_come_out_once_each(
    desk: MakeDesk, cups: Cups, printer: Printer, broken: Proxy
) -> None:
    """15 orders; `SHOP_TEST_SHEETS=500 bin/test tests/peers -k one_reply_in_ten` for the long run."""
    shop = desk(cups.url_at(broken.port), keeps_history=True)
    chance = random.Random(SHEETS)
    orders = [shop.order() for _ in range(SHEETS)]
    dropped = 0
    for round_ in range(8):
        for order in orders:
            if shop.step(order).state in ("done", "parked"):
                continue
            if chance.random() < 0.1 or (round_, order) == (0, orders[0]):
                broken.drop_reply()
                dropped += 1
            shop.print(order)
    assert dropped >= SHEETS * 0.05
    unknown = [order for order in orders if shop.job(order).state == "unknown"]
    printed = [order for order in orders if order not in unknown]
    sheets = Counter(printer.wait_for_sheets(len(printed), patience=30 + 3 * SHEETS))
    assert set(sheets.values()) == {1}
    assert set(sheets) >= {shop.job(order).name for order in printed}


def test_what_waits_for_paper_is_taken_back_and_the_queue_says_whether_the_printer_had_begun(
    desk: MakeDesk, cups: Cups, printer: Printer
) -> None:
    shop, queue = desk(cups.url), IppQueue(cups.url)
    shop.print(done := shop.order())
    shop.look_until(lambda: shop.job(done).state == "done")
    printer.set_mood("empty")
    shop.print(begun := shop.order())
    shop.look_until(lambda: "It is out of paper." in shop.printer.reasons)
    shop.print(behind := shop.order())
    assert queue.withdraw(shop.job(behind).job_id, shop.job(behind).name) == Withdrawal.NOT_PRINTED
    assert queue.withdraw(shop.job(behind).job_id, shop.job(behind).name) == Withdrawal.NOT_PRINTED, (
        "the second time, too"
    )
    assert queue.withdraw(shop.job(begun).job_id, shop.job(begun).name) == Withdrawal.PERHAPS
    assert queue.withdraw(shop.job(done).job_id, shop.job(done).name) == Withdrawal.TOO_LATE
    assert queue.withdraw("99999", shop.job(done).name) == Withdrawal.TOO_LATE
    printer.set_mood("well")
    shop.print(last := shop.order())
    shop.look_until(lambda: shop.job(last).state == "done")
    assert shop.job(behind).name not in printer.sheets()


def test_debians_cups_gives_a_job_back_to_the_desk_that_sent_it_and_to_nobody_else(
    desk: MakeDesk, cups: Cups, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    cups.start_with_debians_policy("Require user @OWNER @SYSTEM")
    shop, slips = desk(cups.url), IppQueue(cups.url)
    printer.set_mood("empty")
    shop.print(shop.order())
    shop.print(behind := shop.order())
    with monkeypatch.context() as another:
        another.setattr(queue, "USER", "somebody else")
        with pytest.raises(NotYet, match="logon"):
            slips.withdraw(shop.job(behind).job_id, shop.job(behind).name)
    assert slips.withdraw(shop.job(behind).job_id, shop.job(behind).name) == Withdrawal.NOT_PRINTED


def test_a_cups_that_wants_a_logon_for_taking_back_says_the_cure(desk: MakeDesk, cups: Cups, printer: Printer) -> None:
    cups.start_with_debians_policy("AuthType Default\n    Require user @OWNER @SYSTEM")
    shop = desk(cups.url)
    printer.set_mood("empty")
    shop.print(order := shop.order())
    with pytest.raises(NotYet, match="allow this machine without `AuthType`"):
        IppQueue(cups.url).withdraw(shop.job(order).job_id, shop.job(order).name)
