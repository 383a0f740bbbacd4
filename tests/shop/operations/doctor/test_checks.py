"""What single checks say of a desk that is not well."""

import errno
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from orders.database.clock import from_now
from orders.messaging.management import Told
from orders.messaging.periodic import SWEEP, Round
from orders.models import Destination, Instance, Step, Worker
from orders.steps import destinations
from printing.models import Printer
from shop.environment import unread
from shop.operations.doctor import broker, database, disk, integrations, printers, sweep, workers
from shop.operations.doctor import settings as settings_check
from shop.operations.doctor.finding import Findings, code
from shop.quickstart.local_desk import ROOT

pytestmark = pytest.mark.django_db
SOON = 1e12  # There is time.


def said(found: Findings) -> dict[str, int]:
    return {finding.said: finding.level for finding in found}


def a_worker(name: str, ago: int, queues: list[str]) -> None:
    seen = from_now(timedelta(seconds=-ago))
    Worker.objects.create(name=name, host="h", queues=queues, processes=4, started_at=seen, seen_at=seen)


def test_queues_that_no_living_worker_serves_are_named() -> None:
    assert said(workers.check(SOON)) == {"No worker has told of itself lately.": 2}
    a_worker("one@h", 1, ["sap", "desk"])
    a_worker("old@h", 7200, ["printing"])
    assert said(workers.check(SOON)) == {
        "1 alive, 4 processes: one@h.": 0,
        "Nobody serves marketing, printing.": 2,
    }
    a_worker("ahead@h", -7200, ["printing"])  # The database's clock was set back.
    assert said(workers.check(SOON))["Nobody serves marketing, printing."] == 2
    assert "ahead@h was seen before the database's clock was set back." in said(workers.check(SOON))
    a_worker("two@h", 90, ["printing"])
    assert any(text.startswith("two@h was seen 9") for text in said(workers.check(SOON)))


def test_a_sweep_that_does_not_come_is_broken() -> None:
    assert list(said(sweep.check(SOON)).values()) == [2]
    Round.objects.create(task=SWEEP, started_at=from_now(), worker="one@h")
    assert list(said(sweep.check(SOON)).values()) == [0]


def test_a_folder_that_can_not_be_written_to_is_named(tmp_path: Path) -> None:
    assert [finding.level for finding in disk.look_at(tmp_path, "SHOP_VAR_DIR")] == [0]
    assert list(tmp_path.iterdir()) == []
    (broken,) = disk.look_at(tmp_path / "gone", "SHOP_SPOOL_DIR")
    assert (broken.level, "SHOP_SPOOL_DIR" in broken.what_to_do) == (2, True)


@pytest.mark.parametrize("kind", ["a link to nowhere", "below a file", "a folder that nobody may see"])
def test_a_spool_folder_that_can_t_be_reached_is_told(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Nothing was said of it, or that the desk itself had a fault."""
    settings.SPOOL_DIR = tmp_path / "way" / "slips"
    if kind == "below a file":
        (tmp_path / "way").touch()
    else:
        settings.SPOOL_DIR.parent.mkdir()
    if kind == "a link to nowhere":
        settings.SPOOL_DIR.symlink_to(tmp_path / "not mounted")
    if kind == "a folder that nobody may see":
        denied = PermissionError(errno.EACCES, "Permission denied")
        monkeypatch.setattr("pathlib.Path.stat", lambda *_, **__: (_ for _ in ()).throw(denied))
        monkeypatch.setattr("pathlib.Path.lstat", lambda *_, **__: (_ for _ in ()).throw(denied))
        monkeypatch.setattr(disk, "_write", lambda *_: (_ for _ in ()).throw(denied))
    found = [finding for finding in disk.check(SOON) if str(settings.SPOOL_DIR) in finding.said]
    assert [(finding.level, "SHOP_SPOOL_DIR" in finding.what_to_do) for finding in found] == [(2, True)]


def test_a_spool_folder_that_the_first_slip_makes_is_not_missed(settings: Settings, tmp_path: Path) -> None:
    settings.SPOOL_DIR = tmp_path / "slips"
    assert [finding for finding in disk.check(SOON) if "slips" in finding.said] == []


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, level in (("LITTLE", 1), ("FULL", 2)):
        monkeypatch.setattr(disk, limit, 10**18)
        assert [finding.level for finding in disk.look_at(tmp_path, "SHOP_VAR_DIR")] == [level]


def test_missing_and_unknown_migrations_are_told() -> None:
    assert "All migrations are applied." in said(database.check(SOON))
    MigrationRecorder.Migration.objects.create(app="orders", name="0999_of_next_year")
    assert (
        said(database.check(SOON))["It has migrations of another version of the desk: orders.0999_of_next_year."] == 1
    )
    # One in the midst, as of a dump of another version, and the last one.
    names = sorted(name for app, name in MigrationLoader(connection).disk_migrations if app == "printing")
    for gone in ([names[2]], [names[2], names[-1]]):
        MigrationRecorder.Migration.objects.filter(app="printing", name__in=gone).delete()
        missing = ", ".join(f"printing.{name}" for name in gone)
        assert said(database.check(SOON))[f"Migrations are missing: {missing}."] == 2


@pytest.mark.parametrize(
    ("broken", "lacks"),
    [
        ("ALTER TABLE printing_printer RENAME TO somebody_elses", "printing_printer"),
        ("ALTER TABLE orders_order RENAME COLUMN note TO remark", "orders_order.note"),
        ("ALTER TABLE orders_orderline DROP CONSTRAINT line_position_once", "line_position_once"),
        ("ALTER TABLE orders_orderline DROP CONSTRAINT line_quantity_positive", "line_quantity_positive"),
        ("ALTER TABLE orders_attempt DROP CONSTRAINT orders_attempt_pkey", "the primary key of orders_attempt"),
        ("DROP INDEX {an index}", "{an index}"),
    ],
)
def test_a_restore_that_broke_off_is_told_though_its_migrations_are_there(broken: str, lacks: str) -> None:
    an_index = Step._meta.indexes[0].name
    with connection.cursor() as cursor:
        cursor.execute(broken.replace("{an index}", an_index))
    found = said(database.check(SOON))
    assert found[f"Its migrations say that all is there, and it lacks {lacks.replace('{an index}', an_index)}."] == 2


@pytest.mark.parametrize(("minutes", "told"), [(10, "-600.0 s"), (-10, "+600.0 s")])
def test_a_clock_that_is_off_is_warned_of_with_its_sign(
    monkeypatch: pytest.MonkeyPatch, minutes: int, told: str
) -> None:
    theirs = database.clock.now
    monkeypatch.setattr(database.clock, "now", lambda: theirs() + timedelta(minutes=minutes))
    (wrong,) = [finding for finding in database.check(SOON) if "clock" in finding.said]
    assert (wrong.level, wrong.said) == (1, f"This machine's clock is {told} off the database's.")
    assert "time service" in wrong.what_to_do


def test_a_setting_that_is_misspelt_is_warned_of_and_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("SHOP_TEST_")]:
        monkeypatch.delenv(name)  # These tests' own.
    example = (ROOT / ".env.example").read_text()
    for name in re.findall(r"^#?(SHOP_\w+)=", example, re.MULTILINE):
        monkeypatch.setenv(name, "x")
    assert unread() == {}
    monkeypatch.setenv("SHOP_SAP_PASWORD", "x")
    monkeypatch.setenv("SHOP_QQ", "x")
    settings.UNREAD = unread()
    told = {finding.said: finding.what_to_do for finding in settings_check.check(SOON)}
    assert told["No setting is called SHOP_SAP_PASWORD."] == "Is it SHOP_SAP_PASSWORD?"
    assert told["No setting is called SHOP_QQ."] == "Take it out."


def test_in_a_copy_nobody_is_asked(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(integrations, "try_connection", asked.append)
    monkeypatch.setattr(printers, "ask", asked.append)
    Printer.objects.create(name="Theirs", url="ipp://live.example/printers/slips")
    Instance.objects.create(name="live", marked_at=from_now(), marked_by="x")
    found = [*printers.check(SOON), *integrations.check(SOON)]
    assert (asked, code(found)) == ([], 0)
    assert code(database.check(SOON)) == 2


def test_destinations_that_stand_still_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(integrations.beside, "ask", lambda questions, until: iter([]))
    destinations.pause("sap", by="wim")
    Destination.objects.create(name="marketing", open_until=from_now(), reason="HTTP 503")
    texts = said(integrations.check(SOON))
    assert texts == {
        "sap is paused by wim.": 1,
        "The circuit breaker of marketing is open: HTTP 503": 1,
    }


def test_of_a_queue_that_is_new_the_broker_has_not_told_who_reads_it() -> None:
    queues = {"archive": Told("classic", 0, 0), "new": Told("classic", None, None), "till": Told("quorum", 0, 2)}
    found = [text.rpartition(": ")[2] for text in said(broker.of_others(queues))]
    assert found == ["archive.", "till."]
