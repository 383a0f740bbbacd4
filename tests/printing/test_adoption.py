"""The spool folder vanishes, comes back, or is replaced: what becomes of its slips."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone

from orders.models import Step
from printing import polling
from printing.care import take_new_folder
from printing.models import Printer, PrintJob
from tests.printing.conftest import new_order
from tests.printing.fake_printer import deliver, job_of, step_of

pytestmark = pytest.mark.django_db


def _poll() -> Printer:
    """One round; how the printer is after it."""
    Printer.objects.update(polled_at=F("polled_at") - timedelta(seconds=10))
    polling.poll_due_printers()
    return Printer.objects.get()


def test_a_folder_that_is_away_for_a_poll_loses_no_slip_and_all_goes_on_when_it_is_back(spool_dir: Path) -> None:
    orders = [new_order(f"AAAA-0000-000{n}") for n in range(4)]
    for order in orders[:3]:
        assert deliver(order).state == "done"
    (spool_dir / job_of(orders[0]).job_id).unlink()  # That one was printed.
    spool_dir.rename(away := spool_dir.with_name("away"))
    printer = _poll()
    assert (printer.state, printer.blocked) == ("offline", True)
    assert "is not there" in printer.reasons
    assert deliver(orders[3]).state == "waiting"
    assert not spool_dir.exists()
    assert [job_of(order).state for order in orders] == ["accepted"] * 3 + ["claimed"]
    Step.objects.filter(order=orders[3]).update(due_at=timezone.now() + timedelta(hours=1))
    away.rename(spool_dir)
    printer = _poll()
    assert (printer.state, printer.blocked) == ("ready", False)
    assert [job_of(order).state for order in orders] == ["done", "accepted", "accepted", "claimed"]
    assert step_of(orders[3]).due_at <= timezone.now()
    assert deliver(orders[3]).state == "done"
    assert len(list(spool_dir.glob("*.pdf"))) == 3


def test_another_folder_under_the_name_blocks_until_a_person_takes_it(spool_dir: Path) -> None:
    first, second = new_order("AAAA-0000-0001"), new_order("AAAA-0000-0002")
    deliver(first)
    spool_dir.rename(spool_dir.with_name("away"))
    spool_dir.mkdir()
    printer = _poll()
    assert (printer.blocked, job_of(first).state) == (True, "accepted")
    assert "is another one" in printer.reasons
    assert deliver(second).state == "waiting"
    assert list(spool_dir.iterdir()) == []
    take_new_folder(printer, by="anna")
    assert _poll().blocked is False
    assert job_of(first).state == "unknown"
    assert deliver(second).state == "done"
    assert [path.name for path in spool_dir.glob("*.pdf")] == [job_of(second).job_id]
    assert PrintJob.objects.filter(state="done").count() == 0
