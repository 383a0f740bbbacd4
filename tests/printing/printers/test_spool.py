import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from printing.printers import spool

NAME = "7K3M-Q9TX-2BDF.r1.c1.pdf"


def test_a_file_appears_complete_under_its_name(spool_dir: Path) -> None:
    assert spool.write(NAME, b"%PDF")
    assert (spool_dir / NAME).read_bytes() == b"%PDF"
    assert list((spool_dir / spool.DRAFTS).iterdir()) == []


def test_a_repeat_changes_nothing(spool_dir: Path) -> None:
    spool.write(NAME, b"first")
    assert not spool.write(NAME, b"second")
    assert (spool_dir / NAME).read_bytes() == b"first"


def test_a_file_that_was_taken_and_done_is_not_written_again(spool_dir: Path) -> None:
    spool.write(NAME, b"first")
    (spool_dir / spool.TAKEN).mkdir()
    (spool_dir / NAME).rename(spool_dir / spool.TAKEN / NAME)
    assert not spool.write(NAME, b"second")
    assert not (spool_dir / NAME).exists()


def test_two_writers_at_once_leave_one_file(spool_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.write(NAME, b"first")
    monkeypatch.setattr(spool, "find", lambda name: None)  # the other one was not there yet when we looked
    assert not spool.write(NAME, b"second")
    assert (spool_dir / NAME).read_bytes() == b"first"


@pytest.mark.parametrize("number", ["../x", "a/b", "", "a b", "x\n", ".."])
def test_a_number_that_is_no_plain_word_names_no_file(number: str) -> None:
    with pytest.raises(ValueError, match="can't name a file"):
        spool.file_name(f"{number}/r1/c1")


def test_a_job_in_the_folder_is_done_when_it_was_taken(spool_dir: Path) -> None:
    folder = spool.SpoolFolder()
    file = folder.send("7K3M-Q9TX-2BDF/r1/c1", b"%PDF", lambda: None)
    assert file == NAME
    assert not folder.jobs([file])[file].done
    (spool_dir / file).unlink()
    assert folder.jobs([file])[file].done


def test_drafts_of_killed_workers_are_cleared(spool_dir: Path) -> None:
    (spool_dir / spool.DRAFTS).mkdir(parents=True)
    (spool_dir / spool.DRAFTS / f"{NAME}.0.part").write_bytes(b"%P")
    spool.write(NAME, b"%PDF")
    assert list((spool_dir / spool.DRAFTS).iterdir()) == []


# Writers, one after another: each is a child that says its pid and writes until it is killed.
WRITERS = """
import os, sys, django
django.setup()
from pathlib import Path
from django.conf import settings
from printing.printers import spool
settings.SPOOL_DIR = Path(sys.argv[1])
for run in range(int(sys.argv[2])):
    if child := os.fork():
        os.waitpid(child, 0)
        continue
    print(os.getpid(), flush=True)
    for i in range(10**6):
        spool.write(f"RUN{run}-{i}.r1.c1.pdf", b"%PDF" + b"x" * 200_000 + b"%%EOF")
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
        time.sleep(0.05 + 0.013 * run)
        os.kill(writer, signal.SIGKILL)
    writers.stdout.close()
    assert writers.wait() == 0
    files = list(spool_dir.glob("*.pdf"))
    assert len(files) > runs
    assert {path.stat().st_size for path in files} == {200_009}
    assert all(path.read_bytes().endswith(b"%%EOF") for path in files)
