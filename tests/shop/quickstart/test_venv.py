"""`bin/venv`: what was not finished is made anew, and nobody else's folder is touched."""

import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

# Stands in for `python -m venv` and pip: each makes a file, waits SLOW seconds, and makes the next one.
SLOW_PYTHON = """#!/bin/bash
set -e
if [ "$1 $2" != "-m venv" ]; then exec REAL "$@"; fi
REAL -m venv --without-pip "$3"
site=$(echo "$3"/lib/python3*/site-packages)
mkdir -p $site/pip $site/pip-1.dist-info
for name in pip/__init__.py pip/__main__.py pip-1.dist-info/METADATA pip-1.dist-info/RECORD; do
    sleep $SLOW
    cp "HERE/fake/$name" $site/$name
done
"""
SLOW_PIP = """
import os, sysconfig, time
from pathlib import Path
site = Path(sysconfig.get_path("purelib"))
print("Collecting one", flush=True)
print("Collecting one[more]", flush=True)
time.sleep(float(os.environ["SLOW"]))
print("Installing collected packages: one", flush=True)
if not (site / "one.dist-info").exists():  # as pip: what is half there counts as there
    (site / "one.dist-info").mkdir()
    time.sleep(float(os.environ["SLOW"]))
    (site / "one.py").write_text("")
"""


class Project:
    """A project with `bin/venv` and one requirement, a slow Python, and a virtual environment in `venv`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.venv = folder, folder / "venv"
        (folder / "bin").mkdir()
        shutil.copy(ROOT / "bin" / "venv", folder / "bin")
        (folder / "requirements.txt").write_text("one==1\n")
        fake = folder / "fake"
        for name, text in {"pip/__init__.py": "", "pip/__main__.py": SLOW_PIP, "pip-1.dist-info/METADATA": ""}.items():
            (fake / name).parent.mkdir(parents=True, exist_ok=True)
            (fake / name).write_text(text)
        (fake / "pip-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: pip\nVersion: 1\n")
        (fake / "pip-1.dist-info" / "RECORD").write_text("pip/__init__.py,,\npip/__main__.py,,\n")
        self.python = folder / "python3"
        self.python.write_text(SLOW_PYTHON.replace("REAL", sys.executable).replace("HERE", str(folder)))
        self.python.chmod(0o755)

    def start(self, slow: float = 0, *arguments: str, **more: str) -> "subprocess.Popen[str]":
        env = {**os.environ, "PYTHON": str(self.python), "SHOP_VENV": str(self.venv), "SLOW": str(slow)} | more
        command = ["bash", str(self.folder / "bin" / "venv"), *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True, start_new_session=True)

    def ended(self, starter: "subprocess.Popen[str]") -> tuple[int, str, str]:
        out, err = starter.communicate(timeout=60)
        return starter.returncode, out, err

    def run(self, *arguments: str, **more: str) -> tuple[int, str, str]:
        return self.ended(self.start(0, *arguments, **more))

    def is_whole(self) -> bool:
        program = "import pip, one"
        return not subprocess.run([self.venv / "bin" / "python", "-c", program], check=False).returncode


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whenever_the_first_start_is_interrupted_the_next_one_ends_well(project: Project, number: int) -> None:
    met: set[int] = set()
    for moment in count():
        if moment >= 7 and len(met) > 3:  # It was interrupted at moments that differ.
            break
        shutil.rmtree(project.venv, ignore_errors=True)
        starter = project.start(0.15)
        time.sleep(0.1 + moment * 0.2)
        met.add(sum(1 for _ in project.venv.rglob("*")))
        os.killpg(starter.pid, number)
        project.ended(starter)
        code, out, err = project.run()
        assert (code, out) == (0, f"{project.venv}/bin/python\n"), (moment, err)
        assert project.is_whole(), (moment, err)
        assert not (project.venv / "unfinished").exists()


def test_what_was_left_without_pip_by_an_earlier_release_is_made_anew(project: Project) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project.venv], check=True)
    code, _, err = project.run()
    assert code == 0, err
    assert project.is_whole()


# pip finds it in every environment, and asks nobody for it.
THERE_ALREADY = "pip>=1  # ==\n"


@pytest.mark.parametrize("named", ["by PATH", "by PYTHON"])
def test_a_half_made_one_that_somebody_has_activated_is_made_anew(project: Project, named: str) -> None:
    (project.folder / "requirements.txt").write_text(THERE_ALREADY)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", project.venv], check=True)
    (project.venv / "unfinished").write_text("0\n")
    inside = project.venv / "bin"
    more = {"PYTHON": str(inside / "python3")} if named == "by PYTHON" else {"PYTHON": ""}
    code, out, err = project.run(**more, PATH=f"{inside}:{os.environ['PATH']}", VIRTUAL_ENV=str(project.venv))
    assert (code, out) == (0, f"{project.venv}/bin/python\n"), err
    assert subprocess.run([inside / "python", "-m", "pip", "--version"], check=False).returncode == 0


@pytest.mark.parametrize("elsewhere", ["PIP_USER", "PIP_TARGET"])
def test_what_pip_is_told_for_other_work_leads_nothing_elsewhere(project: Project, elsewhere: str) -> None:
    (project.folder / "requirements.txt").write_text(THERE_ALREADY)
    value = "1" if elsewhere == "PIP_USER" else str(project.folder / "elsewhere")
    code, _, err = project.run(PYTHON=sys.executable, PIP_NO_INDEX="1", **{elsewhere: value})
    assert code == 0, err
    assert not (project.folder / "elsewhere").exists()


def test_a_second_start_waits_for_the_first_and_makes_nothing_again(project: Project) -> None:
    first = project.start(0.2)
    while not (project.venv / "unfinished").exists():
        assert first.poll() is None
    second = project.start(0.2)
    assert project.ended(first)[0] == 0
    code, _, err = project.ended(second)
    assert code == 0
    assert f"Waiting: process {first.pid} is making {project.venv}" in err
    assert "Making a virtual environment" not in err
    assert "Installing" not in err


def test_a_folder_with_other_things_in_it_is_left_alone(project: Project) -> None:
    project.venv.mkdir()
    (project.venv / "letter").write_text("dear")
    code, _, err = project.run()
    assert code == 1
    assert "is a folder with other things in it. Choose another one: SHOP_VENV=/path/to/folder bin/venv" in err
    assert (project.venv / "letter").read_text() == "dear"


def test_what_it_prints_about_another_python_works_as_printed(project: Project) -> None:
    code, _, err = project.run(PYTHON="/nowhere/python3")
    assert code == 1
    assert "name it: PYTHON=/path/to/python3.12 bin/venv\n" in err
    spaced = project.folder / "with a space"
    spaced.mkdir()
    shutil.copy(project.python, spaced / "python3")
    code, out, err = project.run(PYTHON=str(spaced / "python3"))
    assert (code, out) == (0, f"{project.venv}/bin/python\n"), err


def test_the_program_that_was_called_is_the_one_that_is_named(project: Project) -> None:
    err = project.run("requirements.txt", "bin/quickstart", PYTHON="/nowhere/python3")[2]
    assert "PYTHON=/path/to/python3.12 bin/quickstart\n" in err


def test_no_more_packages_are_counted_than_there_are(project: Project) -> None:
    (project.folder / "requirements.txt").write_text("".join(f"p{number}==1\n" for number in range(20)))
    names = [f"p{number}" for number in range(20)] + ["p1[more]", "unasked", "unasked-too"]
    lines = "\n".join(f'print("Collecting {name}", flush=True)' for name in names)
    (project.folder / "fake" / "pip" / "__main__.py").write_text(f"{lines}\n{SLOW_PIP}")
    assert {line for line in project.run()[2].splitlines() if " of " in line} == {"  20 of 20 packages"}


def test_a_place_that_is_no_folder_is_named(project: Project) -> None:
    project.venv.write_text("a file")
    code, _, err = project.run()
    assert code == 1
    assert f"The virtual environment can't be made in {project.venv}: " in err
