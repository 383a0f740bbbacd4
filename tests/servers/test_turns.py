"""Runs beside each other, as `bin/test` starts them: each test is run, and by one of them."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

RUN = """
import sys, pytest
from pathlib import Path
from tests.servers.turns import Turns
sys.exit(pytest.main(sys.argv[2:], plugins=[Turns(Path(sys.argv[1]), ["shared/*", "whole"])]))
"""
TEST = """
import time
import pytest
@pytest.mark.parametrize("number", range(3))
def test_it(number):
    with open("ran", "a") as file:
        print(__file__, number, flush=True, file=file)
    time.sleep(0.02)
    assert number < {bound}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("own/test_a.py", "shared/test_b.py", "shared/test_c.py", "shared/test_d.py", "whole/test_e.py"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(TEST.format(bound=9))
    (tmp_path / "whole/test_f.py").write_text(TEST.format(bound=9))
    (tmp_path / "begun").mkdir()
    return tmp_path


def start(folder: Path, *paths: str) -> "subprocess.Popen[str]":
    root = Path(__file__).resolve().parents[2]
    flags = ["-p", "no:cacheprovider", "-p", "no:django", "-q", f"--rootdir={folder}"]
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r})\n{RUN}", "begun", *flags, *paths]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_each_test_is_run_by_one_of_them(folder: Path) -> None:
    runs = [start(folder, "."), start(folder, "shared", "whole")]
    said = [run.communicate(timeout=60)[0] for run in runs]
    assert [run.returncode for run in runs if run.returncode not in (0, 5)] == [], said
    ran = Counter((folder / "ran").read_text().splitlines())
    assert ran == {f"{file} {number}": 1 for file in folder.rglob("test_*.py") for number in range(3)}


def test_what_another_has_begun_is_left_to_it(folder: Path) -> None:
    for name in ("shared-test_c.py", "whole"):
        (folder / "begun" / name).mkdir()
    run = start(folder, ".")
    assert "9 passed" in run.communicate(timeout=60)[0]
    ran = (folder / "ran").read_text()
    assert [Path(line.split()[0]).stem for line in ran.splitlines()[::3]] == ["test_a", "test_b", "test_d"]


def test_a_failure_is_told(folder: Path) -> None:
    (folder / "shared/test_d.py").write_text(TEST.format(bound=2))
    run = start(folder, ".")
    assert "1 failed, 17 passed" in run.communicate(timeout=60)[0]
    assert run.returncode == 1
