"""What was kept long enough is deleted, in small transactions; what is still needed stays."""

import os
import threading
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from orders.models import (
    Attempt,
    Attention,
    Counted,
    DeadLetter,
    Event,
    Notice,
    Order,
    PackScan,
    PickList,
    ProductImport,
    Step,
)  # fmt: skip
from orders.steps import Claim, Done, run_step
from printing.models import ListJob, Printer, PrintJob
from shop.operations.retention import attempts, batches, slips
from shop.operations.retention.kinds import KINDS
from shop.operations.tasks import prune as in_the_clock
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def tried(order: Order, *days: float, state: str = "done", name: str = "sap") -> Step:
    """A step with an attempt so many days ago each."""
    step = order.steps.get(name=name)
    Step.objects.filter(pk=step.pk).update(state=state, attempts=len(days))
    for number, age in enumerate(days, start=1):
        Attempt.objects.create(step=step, number=number, started_at=ago(age), outcome="temporary")
    newest = Attempt.objects.latest("pk").pk
    Counted.objects.update_or_create(pk="attempts", defaults={"upto": newest})
    return step


def left(step: Step) -> list[int]:
    return list(Attempt.objects.filter(step=step).order_by("number").values_list("number", flat=True))


def prune(*options: str) -> str:
    out = StringIO()
    call_command("prune", *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("rows", [1, 2, 1000])
def test_old_attempts_go_and_the_last_of_each_step_stays(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", rows)
    monkeypatch.setattr(attempts, "AT_ONCE", rows)
    order = make_order()
    ended = tried(order, 400, 399, 390)
    still_open = tried(order, 400, 399, state="waiting", name="marketing")
    young = tried(order, 400, 2, 1, name="printing")
    assert "attempts: 3 would be deleted" in prune("--dry-run")
    assert left(ended) == [1, 2, 3]
    assert "attempts: 3 deleted" in prune()
    assert (left(ended), left(still_open), left(young)) == ([3], [1, 2], [2, 3])
    assert "attempts: 0 deleted" in prune()


def test_what_is_not_counted_yet_stays() -> None:
    step = tried(make_order(), 400, 399, 398)
    second = Attempt.objects.get(step=step, number=2)
    Counted.objects.update(upto=second.pk - 1)
    assert "attempts: 1 deleted" in prune()
    assert left(step) == [2, 3]


def test_the_ages_are_settings(settings: Settings) -> None:
    step = tried(make_order(), 5, 4)
    settings.KEEP = type(settings.KEEP)(attempt_days=3)
    prune()
    assert left(step) == [2]


def test_letters_events_and_sessions_go_when_nobody_needs_them(settings: Settings) -> None:
    kept, again, old = (DeadLetter.objects.create(reason="x", body=b"") for _ in range(3))
    DeadLetter.objects.filter(pk=again.pk).update(sent_again_at=ago(15))
    DeadLetter.objects.filter(pk=old.pk).update(arrived_at=ago(91))
    order = make_order()
    for seq, (age, state) in enumerate([(31, "published"), (31, "open"), (1, "published")], start=1):
        Event.objects.create(order=order, seq=seq, type="order.packed", at=ago(age), due_at=ago(age), state=state)
    settings.EVENTS, settings.BROKER_EMBEDDED = True, False
    for key, days in (("over", -1), ("lasts", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=ago(-days))
    in_the_clock()
    assert list(DeadLetter.objects.all()) == [kept]
    assert sorted(Event.objects.values_list("seq", flat=True)) == [2, 3]
    assert [session.pk for session in Session.objects.all()] == ["lasts"]


def test_what_hangs_on_no_order_goes_after_a_time(settings: Settings) -> None:
    order = make_order()
    for age, of in ((181, None), (181, order), (179, None)):
        PackScan.objects.create(scan_id=uuid4(), order=of, kind="told", code=f"{age}", by="wim", at=ago(age))
    for age in (181, 179):
        Attention.objects.create(cause=f"c{age}", sentence="s", first_seen=ago(500), last_seen=ago(age))
        at = {"created_at": ago(age), "due_at": ago(age)}
        Notice.objects.create(to="a@b.example", subject=f"{age}", message={}, **at)
    for name, days, saved in (
        ("done", 181.0, True),
        ("young", 179.0, True),
        ("left", 2.0, False),
        ("open", 0.5, False),
    ):
        ProductImport.objects.create(name=name, by="wim", at=ago(days), done_at=ago(days) if saved else None)
    told, deleted = prune("--dry-run"), prune()
    assert "scans of no order: 1 would be deleted" in told
    assert "files of products: 2 would be deleted" in told
    assert deleted == told.replace("would be deleted", "deleted")
    assert list(PackScan.objects.order_by("pk").values_list("code", "order")) == [("181", order.pk), ("179", None)]
    assert [row.cause for row in Attention.objects.all()] == ["c179"]
    assert [row.subject for row in Notice.objects.all()] == ["179"]
    assert {row.name for row in ProductImport.objects.all()} == {"young", "open"}


def test_taken_slips_go_when_their_jobs_have_ended(settings: Settings, tmp_path: Path) -> None:
    settings.SPOOL_DIR = tmp_path
    done, drafts = tmp_path / "done", tmp_path / ".tmp"
    done.mkdir()
    drafts.mkdir()
    printer = Printer.objects.create(name="Folder", url="spool:")
    names = {}
    for state in ("done", "accepted"):
        order = make_order(steps=["printing"])
        PrintJob.objects.create(order=order, printer=printer, state=state, job_id="x")
        names[state] = f"{order.number}.r1.c1.pdf"
    names |= {"other": "photo.pdf", "of nobody": "7K3M-Q9TX-2BDF.r1.c1.pdf"}
    for name in names.values():
        (done / name).touch()
        os.utime(done / name, (0, 0))
        (drafts / f"{name}.given").touch()
    young = done / f"{make_order().number}.r1.c1.pdf"
    young.touch()
    assert slips.count() == 2
    prune()
    assert {file.name for file in done.iterdir()} == {names["accepted"], "photo.pdf", young.name}
    assert {file.name for file in drafts.iterdir()} == {f"{names[kind]}.given" for kind in ("accepted", "other")}


def lay(*files: Path) -> None:
    """Old ones."""
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.touch()
        os.utime(file, (0, 0))


@pytest.mark.parametrize("place", ["error", "errors", "failed", "rejected", "Error", "Rejected"])
def test_refused_slips_go_when_their_jobs_have_ended(settings: Settings, tmp_path: Path, place: str) -> None:
    settings.SPOOL_DIR = tmp_path
    printer = Printer.objects.create(name="Folder", url="spool:")
    names = {}
    for state in ("failed", "unknown", "accepted"):
        order = make_order(steps=["printing"])
        PrintJob.objects.create(order=order, printer=printer, state=state, job_id="x")
        names[state] = f"{order.number}.r1.c1.pdf"
    lay(*(tmp_path / place / name for name in names.values()))
    assert slips.count() == 1
    prune()
    assert {file.name for file in (tmp_path / place).iterdir()} == {names["unknown"], names["accepted"]}


def test_a_pick_list_stays_while_its_job_is_open(settings: Settings, tmp_path: Path) -> None:
    settings.SPOOL_DIR = tmp_path
    printer = Printer.objects.create(name="Folder", url="spool:")
    this = PickList.objects.create(created_at=timezone.now(), created_by="wim")
    for copy, state in enumerate(("done", "failed", "accepted", "unknown", "sending"), start=1):
        ListJob.objects.create(
            pick_list=this, copy=copy, printer=printer, state=state, created_at=timezone.now(), requested_by="wim"
        )
    kept = {f"PICK-{this.pk}.r1.c{copy}.pdf" for copy in (3, 4, 5)}
    gone = {f"PICK-{this.pk}.r1.c{copy}.pdf" for copy in (1, 2)} | {
        "PICK-99999999999999999999.r1.c1.pdf",
        "PICK-.r1.c1.pdf",
    }
    lay(*(tmp_path / "done" / name for name in kept | gone))
    prune()
    assert {file.name for file in (tmp_path / "done").iterdir()} == kept


def test_halves_that_a_killed_worker_left_go_too(settings: Settings, tmp_path: Path) -> None:
    settings.SPOOL_DIR = tmp_path
    drafts = tmp_path / ".tmp"
    halves = [f"PICK-7.r1.c1.pdf.{'1f' * 16}.part", "7K3M-Q9TX-2BDF.r1.c1.pdf.withdrawn"]
    kept = {"marker.lock", "7K3M-Q9TX-2BDF.r1.c1.pdf.given"}
    lay(*(drafts / name for name in [*halves, *kept]))
    prune()
    assert {file.name for file in drafts.iterdir()} == kept


def test_without_a_spool_folder_there_is_nothing_to_do(settings: Settings, tmp_path: Path) -> None:
    settings.SPOOL_DIR = tmp_path / "none"
    assert len(prune().splitlines()) == len(KINDS)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_and_a_desk_at_work_do_not_meet(on_postgresql: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two prunes delete the same rows while steps are run that write new ones: nobody waits, nothing is missing."""
    monkeypatch.setattr(batches, "AT_ONCE", 20)
    monkeypatch.setattr(attempts, "AT_ONCE", 20)
    old = [tried(make_order(steps=["sap"]), *range(300, 280, -1)) for _ in range(30)]
    new = [make_order(steps=["sap"]) for _ in range(40)]
    errors: list[BaseException] = []

    def beside(work: Any) -> threading.Thread:
        def run() -> None:
            try:
                work()
            except BaseException as error:
                errors.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def run_all() -> None:
        for order in new:
            assert run_step(order.pk, "sap", ran)

    def ran(claim: Claim) -> Done:
        return Done(reference=claim.order.number)

    began = time.monotonic()
    for thread in [beside(lambda: list(attempts.prune())), beside(lambda: list(attempts.prune())), beside(run_all)]:
        thread.join(60)
    assert errors == []
    assert time.monotonic() - began < 60
    list(attempts.prune())
    assert [left(step) for step in old] == [[20]] * 30
    assert Attempt.objects.filter(step__order__in=new, outcome="done").count() == 40


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_left_for_the_next_time(on_postgresql: None) -> None:
    step = tried(make_order(), 300, 299, 298)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM orders_attempt WHERE step_id = %s AND number = 1 FOR UPDATE", [step.pk])
        assert sum(attempts.prune()) == 1
        other.rollback()
        assert sum(attempts.prune()) == 1
    finally:
        other.close()
    assert left(step) == [3]
