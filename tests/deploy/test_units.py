"""systemd understands the units, and finds little that the desk may do beside its work."""

import os
import re
import shlex
import shutil
import subprocess
import sys
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


@pytest.mark.parametrize(("https", "code"), [("true", 0), ("ture", 3)])
def test_the_web_is_reloaded_with_settings_that_are_taken_alone(tmp_path: Path, https: str, code: int) -> None:
    """gunicorn ends, old processes and all, where a new one is refused."""
    text = (ROOT / "deploy/desk-web.service").read_text()
    first, then = re.findall(r"^ExecReload=(.*)$", text, re.M)
    assert then == "/bin/kill -HUP $MAINPID"
    own = {"PATH": os.environ["PATH"], "SHOP_ENV_FILE": "", "SHOP_VAR_DIR": str(tmp_path), "SHOP_HTTPS": https}
    command = shlex.split(first.replace("/srv/desk/venv/bin/python", sys.executable))
    environment = own | {"SHOP_ORDER_STEPS": "printing"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == code, done.stderr
    assert ("SHOP_HTTPS: it must be true or false." in done.stderr) is bool(code)
