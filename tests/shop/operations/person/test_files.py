"""The files of an erased order: slips and pick lists, in every folder of the spool. What is left is named."""

from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from orders.models import Attempt, Order, PickList, PickListEntry
from printing import list_jobs
from printing.models import ListJob, Printer, PrintJob
from printing.printers.places import REFUSED
from tests.factories import make_order

pytestmark = pytest.mark.django_db

NAME, NOTE, OTHER = "Zebulon Quartermain", "Mind the goat of Oxshott", "Ada Other"


@pytest.fixture
def spool(settings: Settings, tmp_path: Path) -> Path:
    settings.SPOOL_DIR = tmp_path / "spool"
    settings.SPOOL_DIR.mkdir()
    return settings.SPOOL_DIR


@pytest.fixture
def folder(spool: Path) -> Printer:
    return Printer.objects.create(name="Folder", url="spool:")


@pytest.fixture
def order() -> Order:
    order = make_order(customer_name=NAME, note=NOTE, shipping_city="Oxshott", shipping_country="GB")
    order.steps.update(state="done")
    return order


def on_a_list(*orders: Order) -> PickList:
    this = PickList.objects.create(created_at=timezone.now(), created_by="wim")
    for box, order in enumerate(orders):
        PickListEntry.objects.create(pick_list=this, order=order, box=box)
    return this


@pytest.fixture
def waiting(order: Order, folder: Printer) -> ListJob:
    """A list of this order and another, whose file nobody has taken yet."""
    this = on_a_list(order, make_order(customer_name=OTHER))
    list_jobs.ask_for(this.pk, folder, by="wim")
    list_jobs.go_on()
    return ListJob.objects.get()


def erase(order: Order) -> tuple[int, str]:
    out, code = StringIO(), 0
    try:
        call_command("person", "erase", "--order", order.number, "--yes", stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, out.getvalue()


def papers(spool: Path) -> dict[str, str]:
    """What stands on each, by its path in the spool folder."""
    found = {}
    for file in spool.rglob("*.pdf"):
        pages = pypdf.PdfReader(BytesIO(file.read_bytes())).pages
        found[str(file.relative_to(spool))] = " ".join(" ".join(page.extract_text() for page in pages).split())
    return found


def test_a_list_that_waits_is_drawn_anew_and_others_lose_no_paper(order: Order, waiting: ListJob, spool: Path) -> None:
    (file,) = before = papers(spool)
    assert NAME in before[file]
    code, said = erase(order)
    assert (code, papers(spool)) == (0, {})
    assert f"Paper: {waiting.pick_list}" in said
    list_jobs.go_on()
    after = papers(spool)
    assert list(after) == [file]
    assert OTHER in after[file]
    assert order.number in after[file]
    assert NAME not in after[file]
    waiting.refresh_from_db()
    assert (waiting.state, waiting.job_id, waiting.copy) == ("accepted", file, 1)
    list_jobs.go_on()
    assert len(papers(spool)) == 1


@pytest.mark.parametrize("place", ["done", "Done", "archive", *REFUSED])
def test_wherever_the_program_behind_the_folder_has_put_them(
    order: Order, waiting: ListJob, spool: Path, place: str
) -> None:
    (spool / place).mkdir()
    (spool / waiting.job_id).rename(spool / place / waiting.job_id)
    (spool / place / f"{order.number}.r1.c1.pdf").write_text(NAME)
    other = spool / place / f"PICK-{waiting.pick_list_id}7.r1.c1.pdf"
    other.touch()
    code, said = erase(order)
    assert code == 0
    assert f"{order}: erased, with 1 slips, 1 pick lists, 0 dead letters." in said
    assert list((spool / place).iterdir()) == [other]
    list_jobs.go_on()
    waiting.refresh_from_db()
    # A person is asked for a list that was refused: it was not printed, and others are on it.
    assert waiting.state == ("unknown" if place in REFUSED else "done")


def test_a_list_that_nobody_drew_yet_is_drawn_of_the_erased_order_alone(
    order: Order, folder: Printer, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker has drawn it, and the order is erased before it sends it."""
    this, draw = on_a_list(order), list_jobs.draw
    list_jobs.ask_for(this.pk, folder, by="wim")

    def slowly(*given: Any, **named: Any) -> Any:
        drawn = draw(*given, **named)
        assert erase(order)[0] == 0
        return drawn

    with monkeypatch.context() as slow:
        slow.setattr(list_jobs, "draw", slowly)
        list_jobs.go_on()
    assert papers(spool) == {}
    list_jobs.go_on()
    (text,) = papers(spool).values()
    assert NAME not in text


def test_a_list_that_is_being_sent_is_named_and_a_repeat_finds_it(order: Order, waiting: ListJob, spool: Path) -> None:
    ListJob.objects.update(state="sending", sent_at=timezone.now())
    code, said = erase(order)
    assert (code, len(papers(spool))) == (1, 1)
    assert f"{order}, left: Pick list {waiting} is being sent to its printer just now: repeat this later." in said
    ListJob.objects.update(state="accepted")
    assert erase(order)[0] == 0
    assert papers(spool) == {}


def test_a_list_is_at_its_printer_as_before_where_it_can_not_be_taken_back(
    order: Order, waiting: ListJob, spool: Path
) -> None:
    (spool / "done").mkdir()
    (spool / waiting.job_id).rename(spool / "done" / waiting.job_id)
    list_jobs.draw_anew(waiting)
    assert ListJob.objects.values_list("state", "job_id").get() == ("accepted", waiting.job_id)


def lose(spool: Path) -> str:
    spool.rename(spool.with_name("elsewhere"))
    return "Files of slips and pick lists: "


def replace(spool: Path) -> str:
    lose(spool)
    spool.mkdir()
    Printer.objects.update(folder_id="1f" * 16)
    return "Files of slips and pick lists: The spool folder"


@pytest.mark.parametrize("wrong", [lose, replace])
def test_a_folder_out_of_reach_is_named(
    order: Order, folder: Printer, spool: Path, wrong: Callable[[Path], str]
) -> None:
    PrintJob.objects.create(order=order, printer=folder, state="done", job_id="x")
    words = wrong(spool)
    code, said = erase(order)
    assert code == 1
    assert f"{order}, left: {words}" in said
    assert Order.objects.get(pk=order.pk).customer_name == "(erased)"


def test_a_file_that_can_not_be_deleted_is_named_and_all_else_is_erased(
    order: Order, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = (spool / f"{order.number}.r1.c{copy}.pdf" for copy in (1, 2))
    unlink = Path.unlink

    def refuse(file: Path, missing_ok: bool = False) -> None:
        if file == kept:
            raise PermissionError(13, "Permission denied")
        unlink(file, missing_ok)

    kept.write_text(NAME)
    gone.write_text(NAME)
    monkeypatch.setattr(Path, "unlink", refuse)
    code, said = erase(order)
    assert code == 1
    assert f"{order}, left: The file {kept} can't be deleted: Permission denied." in said
    assert list(spool.iterdir()) == [kept]
    assert Order.objects.get(pk=order.pk).customer_name == "(erased)"


def test_a_disk_of_its_own_has_a_folder_that_nobody_may_read(order: Order, spool: Path) -> None:
    (spool / "lost+found").mkdir()
    (spool / "lost+found" / f"{order.number}.r1.c1.pdf").touch()
    code, said = erase(order)
    assert (code, "with 0 slips, 0 dead letters." in said) == (0, True)


def test_who_may_have_it_is_named_too(order: Order, folder: Printer, spool: Path) -> None:
    """A step that was cancelled after an attempt without an answer; a slip whose step was cancelled."""
    order.steps.update(state="cancelled")
    assert "marketing" not in (plain := erase(order)[1])
    assert "Paper" not in plain
    PrintJob.objects.create(order=order, printer=folder, state="failed")
    step = order.steps.get(name="marketing")
    for number, outcome in enumerate(("unknown", "lost"), start=1):
        Attempt.objects.create(step=step, number=number, started_at=timezone.now(), outcome=outcome)
    said = erase(order)[1]
    assert said.count(f"{order}, marketing: {order.number} (it may have it: an attempt had no answer).") == 1
    assert said.count("Paper: the slip") == 1
