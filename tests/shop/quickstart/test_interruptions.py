"""A first look may be interrupted at any moment: the next one ends well."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shop.quickstart.processes import Process
from tests.end_to_end.desk import wait_for
from tests.shop.quickstart.test_quickstart import ROOT, environment, once, pretend


@pytest.mark.timeout(400)
def test_whenever_a_start_is_interrupted_the_next_one_ends_well(tmp_path: Path) -> None:
    """Through the front door, with a virtual environment that is there: SIGINT at one moment, SIGKILL at the next."""
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "quickstart", tmp_path / "bin")
    pretend(tmp_path / "bin" / "venv", f"echo {sys.executable}")
    var_dir, stages = tmp_path / "var", set()
    env = environment(var_dir, PYTHONPATH=str(ROOT))
    for moment, number in enumerate([signal.SIGINT, signal.SIGKILL] * 4):
        log = tmp_path / f"log{moment}"
        start = Process("quickstart", ["bash", tmp_path / "bin" / "quickstart", "--once"], log=log, env=env)
        start.start()
        time.sleep(0.2 + 0.6 * moment)
        start.stop(60, number)
        assert "Traceback" not in start.tail(100), start.tail(100)
        stages.add(len(list(var_dir.glob("*"))))
    assert len(stages) > 2  # It was interrupted at moments that differ.
    wait_for(lambda: once(var_dir).returncode == 0, "a start is left alone and ends well", 90)


def test_an_interruption_that_meets_a_class_being_made_is_one(tmp_path: Path) -> None:
    """Python 3.11 raises a RuntimeError then, with the interruption as its cause."""
    script = (
        "import runpy, sys; from shop.quickstart import environment\n"
        "class Part:\n def __set_name__(self, owner, name): raise KeyboardInterrupt\n"
        "def prepare(*_): type('Made', (), {'part': Part()})\n"
        "environment.prepare = prepare; sys.argv[1:] = ['--once']\n"
        "runpy.run_module('shop.quickstart', run_name='__main__')"
    )
    ended = Process(
        "quickstart", [sys.executable, "-c", script], log=tmp_path / "log", env=environment(tmp_path), cwd=ROOT
    )
    ended.start()
    assert (ended.wait(60), ended.tail()) == (1, "")


def test_an_interrupt_that_meets_a_finalizer_comes_a_moment_later() -> None:
    """Python would drop it there, with a traceback."""
    program = """
import signal, time, weakref
from shop.quickstart.__main__ import STOPPING, interrupt
for number in (*STOPPING, signal.SIGALRM):
    signal.signal(number, interrupt)
class Thing: pass
thing = Thing()
weakref.finalize(thing, signal.raise_signal, signal.SIGINT)
try:
    del thing
    time.sleep(20)
except KeyboardInterrupt:
    print("interrupted")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("interrupted\n", "")
