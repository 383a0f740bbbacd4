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


@pytest.mark.parametrize("instance", ["slips", "others"])
def test_the_worker_for_some_queues_is_what_systemd_understands(tmp_path: Path, instance: str) -> None:
    """As docs/scaling.md makes it. (A list of queues can't be the instance's name: systemd escapes the comma.)"""
    if not shutil.which("systemd-analyze"):
        lacks("systemd is not here: a machine without it can't judge its units (apt-get install systemd)")
    page = (ROOT / "docs/scaling.md").read_text()
    (block,) = [block for block in re.findall(r"```sh\n(.*?)```", page, re.S) if "worker@.service" in block]
    typed = block.replace("/etc/systemd/system", str(tmp_path)).replace("/etc/desk", str(tmp_path / "etc"))
    subprocess.run(["bash", "-ec", f"systemctl() {{ :; }}\n{typed}"], cwd=ROOT, timeout=60, check=True)
    made = (tmp_path / "desk-worker@.service").read_text()
    (tmp_path / f"desk-worker@{instance}.service").write_text(made.replace("/srv/desk/venv/bin", str(VENV)))
    done = analyze("verify", "--recursive-errors=no", tmp_path / f"desk-worker@{instance}.service")
    assert (done.returncode, done.stderr) == (0, "")
    assert {f"EnvironmentFile={tmp_path}/etc/worker-%i", "RuntimeDirectory=desk-%i"} <= set(made.splitlines())
    given = dict(line.split("=") for line in (tmp_path / f"etc/worker-{instance}").read_text().splitlines())
    (start,) = [line for line in made.splitlines() if line.startswith("ExecStart=")]
    assert start.endswith(" -Q ${QUEUES}")
    assert set(given["QUEUES"].split(",")) <= {"desk", "sap", "marketing", "printing"}
    assert given["SHOP_WORKER_ALIVE_FILE"] == f"/run/desk-{instance}/worker"
