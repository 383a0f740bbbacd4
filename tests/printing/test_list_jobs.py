"""A pick list comes out of a printer once for each time that somebody asks for it, whatever breaks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from orders.models import Deed, Destination, Instance, Order, PickList, PickListEntry
from orders.steps import NotYet, Permanent, UnknownOutcome
from printing import list_jobs
from printing.list_jobs import ask_for, go_on
from printing.models import ListJob, Printer
from printing.printers.backend import Busy, JobStatus
from printing.tasks import watch_printers
from tests.printing.conftest import Fakes, new_order
from tests.printing.fake_printer import LOST_REPLY, LOST_REQUEST, NOT_PRINTED, FakePrinter

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(order: Order) -> PickList:
    this = PickList.objects.create(created_at=timezone.now(), created_by="wim")
    for box, one in enumerate([order, new_order("8K3M-Q9TX-3CDF")]):
        PickListEntry.objects.create(pick_list=this, order=one, box=box)
    return this


def name(listed: PickList, copy: int = 1) -> str:
    return f"PICK-{listed.pk}/r1/c{copy}"


def only() -> ListJob:
    return ListJob.objects.select_related("printer").get()


def time_is_up() -> None:
    ListJob.objects.filter(state="sending").update(sent_at=timezone.now() - timedelta(hours=1))


def test_the_workers_look_at_the_printers_prints_what_was_asked_for_once(
    fake: FakePrinter, printer: Printer, listed: PickList
) -> None:
    ask_for(listed.pk, printer, by="wim")
    assert fake.sheets == []
    for _ in range(3):
        watch_printers()
    assert fake.sheets == [name(listed)]
    assert (only().state, only().job_id) == ("accepted", "1")
    fake.fates["1"] = JobStatus(done=True)
    watch_printers()
    assert only().state == "done"
    assert only().finished_at is not None
    assert fake.forgotten == ["1"]


def test_the_history_says_who_had_it_printed_where(fake: FakePrinter, printer: Printer, listed: PickList) -> None:
    ask_for(listed.pk, printer, by="wim")
    (deed,) = Deed.objects.filter(what="list printed")
    assert (deed.by, deed.name, deed.detail) == ("wim", f"PICK-{listed.pk}", "copy 1 at One")


def test_who_asks_again_before_it_is_out_gets_no_second_sheet(
    fake: FakePrinter, printer: Printer, listed: PickList
) -> None:
    ask_for(listed.pk, printer, by="wim")
    with pytest.raises(ValueError, match="is still to be sent"):
        ask_for(listed.pk, printer, by="olga")
    go_on()
    ask_for(listed.pk, printer, by="olga")
    go_on()
    assert fake.sheets == [name(listed), name(listed, 2)]


def test_the_second_copy_says_so_and_has_what_is_left(
    fake: FakePrinter, printer: Printer, listed: PickList, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[int, list[str]]] = []
    draw = list_jobs.draw

    def seen(this: PickList, entries: list[PickListEntry], *, paper_name: str, copy: int) -> object:
        drawn.append((copy, [entry.letter for entry in entries]))
        return draw(this, entries, paper_name=paper_name, copy=copy)

    monkeypatch.setattr(list_jobs, "draw", seen)
    for _ in range(2):
        ask_for(listed.pk, printer, by="wim")
        go_on()
        Order.objects.filter(number__endswith="2BDF").update(status="packed")
    assert drawn == [(1, ["A", "B"]), (2, ["B"])]


def test_nothing_is_printed_of_a_list_on_which_nothing_is_left(
    fake: FakePrinter, printer: Printer, listed: PickList
) -> None:
    ask_for(listed.pk, printer, by="wim")
    Order.objects.update(status="packed")
    go_on()
    assert (only().state, only().reason, fake.sheets) == ("failed", "Nothing is left to pick of it.", [])
    with pytest.raises(ValueError, match="Nothing is left"):
        ask_for(listed.pk, printer, by="wim")


@pytest.mark.parametrize("mood", [NOT_PRINTED, (False, Busy("It prints another one."))])
def test_what_certainly_was_not_printed_is_sent_again(
    fake: FakePrinter, printer: Printer, listed: PickList, mood: tuple[bool, Exception]
) -> None:
    ask_for(listed.pk, printer, by="wim")
    fake.moods = [mood]
    go_on()
    assert (only().state, fake.sheets) == ("claimed", [])
    go_on()
    assert (only().state, fake.sheets) == ("accepted", [name(listed)])


def test_after_a_lost_reply_it_is_found_by_its_name_and_comes_out_once(
    fake: FakePrinter, printer: Printer, listed: PickList
) -> None:
    ask_for(listed.pk, printer, by="wim")
    fake.moods = [LOST_REPLY]
    for _ in range(3):
        go_on()
    assert only().state == "sending", "its time is not up"
    time_is_up()
    go_on()
    assert (only().state, only().job_id, fake.sheets) == ("accepted", "1", [name(listed)])


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(days=30)])
def test_after_the_clock_was_set_back_it_is_looked_for_when_its_time_is_up_once_more(
    fake: FakePrinter, printer: Printer, listed: PickList, settings: Settings, by: timedelta
) -> None:
    ask_for(listed.pk, printer, by="wim")
    fake.moods = [LOST_REPLY]
    go_on()
    ListJob.objects.update(sent_at=timezone.now() + by)
    for _ in range(2):
        go_on()
    sent_at = only().sent_at
    assert sent_at
    assert (only().state, sent_at <= timezone.now()) == ("sending", True)
    ListJob.objects.update(sent_at=sent_at - settings.STEP_TIME_LIMIT)
    go_on()
    assert (only().state, only().job_id, fake.sheets) == ("accepted", "1", [name(listed)])


@pytest.mark.parametrize(("keeps_history", "state", "sheets"), [(True, "accepted", 1), (False, "unknown", 0)])
def test_what_the_printer_does_not_know_is_sent_again_where_it_would_remember(
    fake: FakePrinter, printer: Printer, listed: PickList, keeps_history: bool, state: str, sheets: int
) -> None:
    Printer.objects.update(keeps_history=keeps_history)
    ask_for(listed.pk, printer, by="wim")
    fake.moods = [LOST_REQUEST]
    go_on()
    time_is_up()
    for _ in range(2):
        go_on()
    assert (only().state, len(fake.sheets)) == (state, sheets)


def test_a_worker_that_slept_too_long_sends_nothing(
    fake: FakePrinter, printer: Printer, listed: PickList, monkeypatch: pytest.MonkeyPatch
) -> None:
    Printer.objects.update(keeps_history=True)
    ask_for(listed.pk, printer, by="wim")

    def send(name: str, document: bytes, assure: object, media: str = "") -> str:
        if fake.moods:
            fake.moods.clear()
            time_is_up()
            go_on()  # Another worker's rounds, while this one slept.
            assert fake.sheets == [name]
        assert callable(assure)
        assure()
        fake.sheets.append(name)
        return "1"

    fake.moods = [(False, None)]
    monkeypatch.setattr(fake, "send", send)
    go_on()
    assert (only().state, fake.sheets) == ("accepted", [name(listed)])


@pytest.mark.parametrize(
    "error", [Permanent("It is no PDF.", next_action="Look."), RuntimeError("a template of the shop's own")]
)
def test_a_list_that_can_not_be_printed_fails_and_the_next_one_comes_out(
    fake: FakePrinter, printer: Printer, listed: PickList, error: Exception
) -> None:
    ask_for(listed.pk, printer, by="wim")
    second = PickList.objects.create(created_at=timezone.now(), created_by="wim")
    PickListEntry.objects.filter(box=1).update(pick_list=second)
    ask_for(second.pk, printer, by="wim")
    fake.moods = [(False, error)]
    go_on()
    assert [job.state for job in ListJob.objects.order_by("pk")] == ["failed", "accepted"]


def test_it_goes_to_the_fallback_of_a_printer_in_trouble(fakes: Fakes, printer: Printer, listed: PickList) -> None:
    other = Printer.objects.create(name="Two", url="ipp://two/p")
    Printer.objects.filter(pk=printer.pk).update(blocked=True, fallback=other)
    ask_for(listed.pk, printer, by="wim")
    go_on()
    assert (only().printer, fakes(other.url).sheets, fakes(printer.url).sheets) == (other, [name(listed)], [])


def test_nothing_is_sent_while_printing_is_paused_or_in_a_copy(
    fake: FakePrinter, printer: Printer, listed: PickList
) -> None:
    ask_for(listed.pk, printer, by="wim")
    paused = Destination.objects.create(name="printing", paused=True)
    watch_printers()
    Destination.objects.filter(pk=paused.pk).update(paused=False)
    mark = Instance.objects.create(name="another desk", marked_at=timezone.now())
    watch_printers()
    assert fake.sheets == []
    mark.delete()
    watch_printers()
    assert fake.sheets == [name(listed)]


def test_a_printer_that_does_not_answer_ends_no_round(
    fake: FakePrinter, printer: Printer, listed: PickList, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for(listed.pk, printer, by="wim")
    go_on()

    def silent(ids: object) -> dict[str, JobStatus]:
        raise UnknownOutcome("No answer.") if ids else NotYet("gone")

    monkeypatch.setattr(fake, "jobs", silent)
    go_on()
    assert only().state == "accepted"


def test_lists_go_to_who_is_well_then_to_sheets_before_labels_and_to_those_that_take_slips(printer: Printer) -> None:
    Printer.objects.create(name="0 stopped", url="ipp://z/p", blocked=True)
    Printer.objects.create(name="A label", url="ipp://l/p", paper="4x6")
    Printer.objects.create(name="B spare", url="ipp://s/p", takes_slips=False)
    Printer.objects.create(name="C off", url="ipp://o/p", active=False)
    assert [one.name for one in list_jobs.printers_for_lists()] == ["One", "B spare", "A label", "0 stopped"]
