"""Programs we start end with us, whatever ends us."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shop.quickstart.processes import Folder, Process, StartFailed
from tests.end_to_end.desk import wait_for

STARTER = """
import sys, time
from pathlib import Path
from shop.quickstart.processes import Folder, Process
folder = Folder()
sleeper = Process("sleeper", ["sh", "-c", "sleep 600 & sleep 600"], log=folder.path / "log")
sleeper.start()
print(sleeper.pid, folder.path, flush=True)
time.sleep(600)
"""


def is_gone(group: int) -> bool:
    """No process of the group is left, zombies aside."""
    listed = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in listed.splitlines()]
    return not any(int(pgid) == group and not stat.startswith("Z") for pgid, stat in pairs)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_of_a_starter_that_is_killed(number: int) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True)
    assert starter.stdout
    group, folder = starter.stdout.readline().split()
    assert Path(folder).exists()
    assert not is_gone(int(group))
    starter.send_signal(number)
    starter.wait()
    starter.stdout.close()
    wait_for(lambda: is_gone(int(group)) and not Path(folder).exists(), "its process and folder are gone", 20)


def test_stop_ends_what_ignores_sigterm(tmp_path: Path) -> None:
    stubborn = Process(
        "stubborn", ["sh", "-c", "trap '' TERM; echo deaf; sleep 600 & wait; wait"], log=tmp_path / "log"
    )
    stubborn.start()
    stubborn.wait_until(lambda: "deaf" in stubborn.tail())
    started = time.monotonic()
    assert stubborn.stop(patience=0.5) == -signal.SIGKILL
    assert time.monotonic() - started < 10
    wait_for(lambda: is_gone(stubborn.pid), "what it started is gone", 20)  # The kernel ends them one by one.


def test_a_program_that_ends_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    broken = Process("the broken one", ["sh", "-c", "echo no such table; exit 3"], log=tmp_path / "log")
    broken.start()
    with pytest.raises(StartFailed, match=r"(?s)the broken one ended with code 3.*no such table"):
        broken.wait_until(lambda: False, 10)


def test_a_program_that_never_gets_ready_is_reported(tmp_path: Path) -> None:
    slow = Process("the slow one", ["sleep", "600"], log=tmp_path / "log")
    slow.start()
    with pytest.raises(StartFailed, match=r"not ready after 0\.2 seconds"):
        slow.wait_until(lambda: False, 0.2)
    slow.kill()


def test_a_folder_is_gone_afterwards() -> None:
    with Folder() as folder:
        (folder / "file").write_text("x")
        assert os.listdir(folder) == ["file"]  # noqa: PTH208
    assert not folder.exists()
