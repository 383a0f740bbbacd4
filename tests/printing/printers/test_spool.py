import fcntl
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orders.steps import NotYet, Permanent
from printing.printers import folder, marker, spool
from printing.printers.backend import Withdrawal
from printing.printers.places import DRAFTS, TAKEN
from tests.end_to_end.desk import wait_for

JOB = "7K3M-Q9TX-2BDF/r1/c1"
NAME = "7K3M-Q9TX-2BDF.r1.c1.pdf"


def write(name: str, content: bytes) -> bool:
    return folder.write(name, content, marker.adopt(create=True))


def test_a_file_appears_complete_under_its_name(spool_dir: Path) -> None:
    assert write(NAME, b"%PDF")
    assert (spool_dir / NAME).read_bytes() == b"%PDF"
    assert list((spool_dir / DRAFTS).glob("*.part")) == []


def test_a_repeat_changes_nothing(spool_dir: Path) -> None:
    write(NAME, b"first")
    assert not write(NAME, b"second")
    assert (spool_dir / NAME).read_bytes() == b"first"


def fifo(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


@pytest.mark.timeout(20)
def test_a_fifo_for_a_marker_is_none_and_nobody_waits_for_it(spool_dir: Path) -> None:
    identity = marker.adopt(create=True)
    fifo(spool_dir / folder.MARKER)
    with pytest.raises(NotYet, match="is another one"):
        folder.write(NAME, b"%PDF", identity)
    assert marker.adopt(create=False) not in ("", identity)
    assert (spool_dir / folder.MARKER).is_file()


@pytest.mark.timeout(20)
def test_a_fifo_under_a_slips_name_is_another_programs_and_nobody_waits_for_it(spool_dir: Path) -> None:
    identity = marker.adopt(create=True)
    fifo(spool_dir / NAME)
    with pytest.raises(Permanent, match="Another program has put a file"):
        folder.write(NAME, b"%PDF", identity)


@pytest.mark.timeout(20)
def test_a_fifo_for_a_receipt_blocks_the_printer_and_not_the_worker(spool_dir: Path) -> None:
    identity = marker.adopt(create=True)
    (spool_dir / DRAFTS).mkdir(exist_ok=True)
    fifo(spool_dir / folder.receipt(NAME))
    with pytest.raises(NotYet):
        folder.write(NAME, b"%PDF", identity)
    assert not (spool_dir / NAME).exists()


def test_a_file_that_still_lies_there_is_taken_back_and_leaves_nothing(spool_dir: Path) -> None:
    write(NAME, b"%PDF")
    assert spool.SpoolFolder().withdraw(NAME, JOB) == Withdrawal.NOT_PRINTED
    left = [path.name for path in spool_dir.rglob("*") if path.is_file()]
    assert left == [folder.MARKER]
    assert spool.SpoolFolder().withdraw(NAME, JOB) == Withdrawal.TOO_LATE


def test_a_file_that_was_taken_is_not_taken_back(spool_dir: Path) -> None:
    write(NAME, b"%PDF")
    (spool_dir / TAKEN).mkdir()
    (spool_dir / NAME).rename(spool_dir / TAKEN / NAME)
    assert spool.SpoolFolder().withdraw(NAME, JOB) == Withdrawal.TOO_LATE
    assert (spool_dir / TAKEN / NAME).exists()


def test_a_file_that_was_taken_and_done_is_not_written_again(spool_dir: Path) -> None:
    write(NAME, b"first")
    (spool_dir / TAKEN).mkdir()
    (spool_dir / NAME).rename(spool_dir / TAKEN / NAME)
    assert not write(NAME, b"second")
    assert not (spool_dir / NAME).exists()


def test_two_writers_at_once_leave_one_file(spool_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(NAME, b"first")
    monkeypatch.setattr(folder, "find", lambda here, name: None)  # the other one was not there yet when we looked
    assert not write(NAME, b"second")
    assert (spool_dir / NAME).read_bytes() == b"first"


@pytest.mark.parametrize("number", ["../x", "a/b", "", "a b", "x\n", ".."])
def test_a_number_that_is_no_plain_word_names_no_file(number: str) -> None:
    with pytest.raises(ValueError, match="can't name a file"):
        folder.file_name(f"{number}/r1/c1")


def test_a_job_in_the_folder_is_done_when_it_was_taken(spool_dir: Path) -> None:
    printer = spool.SpoolFolder("spool:" + marker.adopt(create=True))
    file = printer.send("7K3M-Q9TX-2BDF/r1/c1", b"%PDF", lambda: None)
    assert file == NAME
    assert not printer.jobs({JOB: file})[JOB].done
    (spool_dir / file).unlink()
    assert printer.jobs({JOB: file})[JOB].done


@pytest.mark.parametrize("place", ["failed", "Error", "errors", "Rejected"])
def test_what_the_program_that_prints_puts_aside_is_not_printed(spool_dir: Path, place: str) -> None:
    printer = spool.SpoolFolder("spool:" + marker.adopt(create=True))
    file = printer.send(JOB, b"%PDF", lambda: None)
    (spool_dir / place).mkdir()
    assert not printer.jobs({JOB: file})[JOB].failed
    (spool_dir / file).rename(spool_dir / place / file)
    fate = printer.jobs({JOB: file})[JOB]
    assert (fate.failed, fate.done) == (True, False)
    assert fate.reason == f"The program that prints from the folder put it into {place}/."


@pytest.mark.parametrize("instead", ["nothing", "an empty folder", "an old copy"])
def test_a_folder_that_was_renamed_away_proves_nothing_and_all_goes_on_when_it_is_back(
    spool_dir: Path, instead: str
) -> None:
    printer = spool.SpoolFolder("spool:" + marker.adopt(create=True))
    shutil.copytree(spool_dir, copy := spool_dir.with_name("copy"))
    file = printer.send("7K3M-Q9TX-2BDF/r1/c1", b"%PDF", lambda: None)
    away = spool_dir.rename(spool_dir.with_name("away"))
    if instead == "an old copy":
        copy.rename(spool_dir)
        assert printer.jobs({JOB: file})[JOB].forgotten
        return
    if instead == "an empty folder":
        spool_dir.mkdir()
    for ask in (printer.status, lambda: printer.jobs({JOB: file}), lambda: printer.find("A/r1/c1")):
        with pytest.raises(NotYet, match=r"is not there|is another one"):
            ask()
    with pytest.raises(NotYet):
        printer.send("7K3M-Q9TX-2BDF/r1/c2", b"%PDF", lambda: None)
    if instead == "an empty folder":
        assert list(spool_dir.iterdir()) == []
        spool_dir.rmdir()
    assert not spool_dir.exists()
    away.rename(spool_dir)
    assert printer.status().state == "ready"
    assert not printer.jobs({JOB: file})[JOB].done


def test_another_programs_file_of_the_same_name_is_not_taken_for_the_slip(spool_dir: Path) -> None:
    identity = marker.adopt(create=True)
    (spool_dir / NAME).write_bytes(b"foreign")
    with pytest.raises(Permanent, match="Another program"):
        folder.write(NAME, b"%PDF", identity)


def test_drafts_of_killed_workers_are_cleared(spool_dir: Path) -> None:
    (spool_dir / DRAFTS).mkdir(parents=True)
    (spool_dir / DRAFTS / f"{NAME}.0.part").write_bytes(b"%P")
    write(NAME, b"%PDF")
    assert list((spool_dir / DRAFTS).glob("*.part")) == []


# Writers, one after another: each is a child that says its pid and writes until it is killed.
WRITERS = """
import os, sys, django
django.setup()
from pathlib import Path
from django.conf import settings
from printing.printers import folder, marker
settings.SPOOL_DIR = Path(sys.argv[1])
identity = marker.adopt(create=True)
for run in range(int(sys.argv[2])):
    if child := os.fork():
        os.waitpid(child, 0)
        continue
    print(os.getpid(), flush=True)
    for i in range(10**6):
        folder.write(f"RUN{run}-{i}.r1.c1.pdf", b"%PDF" + b"x" * 200_000 + b"%%EOF", identity)
"""


def test_writers_killed_at_any_moment_leave_only_whole_files(spool_dir: Path) -> None:
    runs = 8
    writers = subprocess.Popen(
        [sys.executable, "-c", WRITERS, str(spool_dir), str(runs)],
        stdout=subprocess.PIPE,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )
    assert writers.stdout is not None
    for run in range(runs):
        writer = int(writers.stdout.readline())
        wait_for((spool_dir / f"RUN{run}-1.r1.c1.pdf").exists, "it is at work")
        time.sleep(0.05 + 0.013 * run)
        os.kill(writer, signal.SIGKILL)
    writers.stdout.close()
    assert writers.wait() == 0
    files = list(spool_dir.glob("*.pdf"))
    assert len(files) > runs
    assert {path.stat().st_size for path in files} == {200_009}
    assert all(path.read_bytes().endswith(b"%%EOF") for path in files)


def test_of_workers_that_adopt_a_folder_at_once_all_know_it_by_the_same_id(
    spool_dir: Path,
) -> None:
    """The second one has seen that the folder has no marker, and comes to make one when the first has."""
    first = marker.adopt(create=True)
    with folder.opened() as here:
        assert marker._mark(here) == first
    assert marker.adopt(create=False) == first


def test_a_damaged_marker_is_made_anew(spool_dir: Path) -> None:
    first = marker.adopt(create=True)
    (spool_dir / folder.MARKER).write_text("nothing like it")
    second = marker.adopt(create=True)
    assert second not in ("", first)
    assert marker.adopt(create=False) == second


def test_two_workers_that_find_a_damaged_marker_agree_on_the_new_one(spool_dir: Path) -> None:
    """The second one has seen the damage, and waits while the first mends it."""
    first = marker.adopt(create=True)
    mended = (spool_dir / folder.MARKER).read_bytes()
    (spool_dir / folder.MARKER).write_bytes(b"damaged")
    with (spool_dir / DRAFTS / "marker.lock").open("w") as lock, ThreadPoolExecutor() as worker:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = worker.submit(marker.adopt, create=True)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        (spool_dir / folder.MARKER).write_bytes(mended)
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert second.result(timeout=30) == first


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.parametrize(("of_folder", "of_slip"), [(None, 0o600), (0o755, 0o640), (0o2770, 0o660), (0o700, 0o600)])
def test_a_slip_is_for_the_desk_and_for_the_group_the_folder_lets_in(
    spool_dir: Path, open_umask: None, of_folder: int | None, of_slip: int
) -> None:
    if of_folder is not None:
        spool_dir.mkdir(exist_ok=True)
        spool_dir.chmod(of_folder)
    write(NAME, b"%PDF")
    assert stat.S_IMODE(spool_dir.stat().st_mode) == (of_folder or 0o700)
    for path in spool_dir.rglob("*"):
        assert not path.stat().st_mode & 0o007, path
        assert path.is_dir() or stat.S_IMODE(path.stat().st_mode) == of_slip, path
