"""A first look may be interrupted at any moment: the next one ends well."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from itertools import cycle
from pathlib import Path

import pytest

from shop.quickstart import running
from shop.quickstart.processes import Process
from shop.quickstart.running import alone
from tests.end_to_end.desk import wait_for
from tests.shop.quickstart.test_quickstart import ROOT, environment, once, pretend


@pytest.mark.timeout(400)
def test_whenever_a_start_is_interrupted_the_next_one_ends_well(tmp_path: Path) -> None:
    """Through the front door, with a virtual environment that is there: SIGINT at one moment, SIGKILL at the next.

    A busy machine needs more moments until a start has got somewhere.
    """
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "quickstart", tmp_path / "bin")
    pretend(tmp_path / "bin" / "venv", f"echo {sys.executable}")
    var_dir, stages = tmp_path / "var", set[int]()
    env = environment(var_dir, PYTHONPATH=str(ROOT))
    for moment, number in enumerate(cycle([signal.SIGINT, signal.SIGKILL])):
        if moment >= 8 and len(stages) > 2:  # It was interrupted at moments that differ.
            break
        log = tmp_path / f"log{moment}"
        start = Process("quickstart", ["bash", tmp_path / "bin" / "quickstart", "--once"], log=log, env=env)
        start.start()
        time.sleep(0.2 + 0.6 * moment)
        start.stop(60, number)
        assert "Traceback" not in start.tail(100), start.tail(100)
        stages.add(len(list(var_dir.glob("*"))))
    left_alone = once(var_dir)
    assert left_alone.returncode == 0, left_alone.stdout + left_alone.stderr


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


FINALIZED = """
import signal, sys, time, weakref
from _weakrefset import WeakSet
from shop.quickstart.__main__ import STOPPING, come_again, interrupt
for number in (*STOPPING, signal.SIGALRM):
    signal.signal(number, interrupt)
sys.unraisablehook = come_again
class Thing:
    pass
class Ending:
    def __del__(self): signal.raise_signal(signal.SIGINT)
class Hashed(set):
    def discard(self, item): signal.raise_signal(signal.SIGINT)
try:
    {goes}
    time.sleep(20)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize(
    "goes",
    [
        "thing = Thing(); weakref.finalize(thing, signal.raise_signal, signal.SIGINT); del thing",
        "thing = Thing(); weak = weakref.ref(thing, lambda gone: signal.raise_signal(signal.SIGINT)); del thing",
        "thing = Thing(); all = WeakSet([thing]); all.data = Hashed(all.data); del thing",
        "ending = Ending(); del ending",
    ],
)
def test_an_interrupt_that_meets_a_finalizer_comes_a_moment_later(goes: str) -> None:
    """Python would drop it there, with a traceback."""
    program = [sys.executable, "-c", FINALIZED.format(goes=goes)]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("interrupted\n", "")


def test_what_else_python_drops_is_still_told(capsys: pytest.CaptureFixture[str]) -> None:
    program = FINALIZED.format(goes="weakref.finalize(Thing(), int, 'no number'); time.sleep(0); sys.exit()")
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert "no number" in done.stderr


STUBBORN = """
import os, sys, time
from pathlib import Path
from shop.quickstart import running
from shop.quickstart.processes import Process
from shop.quickstart.running import alone
from shop.quickstart.running import alone
with alone(Path(sys.argv[1]), {}):
    process = Process("deaf", ["sh", "-c", "trap '' TERM; echo deaf; sleep 60"], log=Path(sys.argv[1], "deaf.log"))
    process.start()
    process.wait_until(lambda: "deaf" in process.tail())
    print(process.pid, flush=True)
    time.sleep(60)
"""


def test_a_start_waits_until_the_processes_of_a_killed_one_are_gone(tmp_path: Path) -> None:
    """One of its workers would take the new order's messages, and end with them."""
    starter = subprocess.Popen(
        [sys.executable, "-c", STUBBORN, tmp_path],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
    )
    with starter:
        assert starter.stdout
        left = int(starter.stdout.readline())
        starter.kill()
    assert Path(f"/proc/{left}").exists()
    with alone(tmp_path, {}):
        wait_for(lambda: not Path(f"/proc/{left}").exists(), "the kernel has cleared up after it")


def test_a_start_that_waits_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ""

    def said() -> bool:
        nonlocal out
        out += capsys.readouterr().out
        return "Waiting until the processes of the first look before are gone …" in out

    held = os.open(tmp_path / running.PROCESSES, os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)
    waiting = threading.Thread(target=running.wait_for_the_former, args=(tmp_path / running.PROCESSES, 60))
    waiting.start()
    wait_for(said, "it says what it waits for")
    os.close(held)
    waiting.join(30)
    assert not waiting.is_alive()
