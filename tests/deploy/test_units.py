"""systemd understands the units, and finds little that the desk may do beside its work."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from shop.quickstart.local_desk import ROOT
from tests.docs.machine import VENV
from tests.lacking import lacks

UNITS = ["desk-web", "desk-worker"]
EXPOSURE = 2.0  # Of 10; systemd calls it OK up to 4.


@pytest.fixture(params=UNITS)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if not shutil.which("systemd-analyze"):
        lacks("systemd is not here: a machine without it can't judge its units (apt-get install systemd)")
    text = (ROOT / f"deploy/{request.param}.service").read_text()
    path = tmp_path / f"{request.param}.service"
    path.write_text(text.replace("/srv/desk/venv/bin", str(VENV)))
    return path


def analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_unit_is_what_systemd_understands(unit: Path) -> None:
    done = analyze("verify", "--recursive-errors=no", unit)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_unit_may_do_little_beside_its_work(unit: Path) -> None:
    said = analyze("security", "--offline=true", unit).stdout
    found = re.search(r"exposure level for \S+: ([\d.]+)", said)
    assert found, said
    assert float(found[1]) <= EXPOSURE, said


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_hears_of_ready_and_alive(name: str) -> None:
    lines = (ROOT / f"deploy/{name}.service").read_text().splitlines()
    # Starting takes as long as the broker is away: no limit.
    assert {"Type=notify", "NotifyAccess=all", "WatchdogSec=60", "TimeoutStartSec=infinity"} <= set(lines)
