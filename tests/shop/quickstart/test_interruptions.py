"""A first look may be interrupted at any moment: the next one ends well."""

import shutil
import signal
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
