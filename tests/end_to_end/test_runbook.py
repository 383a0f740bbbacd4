"""The commands of docs/runbook.md, typed as they stand there, on a real desk; and the figures of /metrics there."""

import re
import subprocess
import sys
import urllib.error
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers import warm
from tests.shop.operations.metrics.test_view import NAMES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "runbook.md").read_text()
COMMANDS = list(
    dict.fromkeys(line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.S) for line in block.splitlines())
)
TOKEN = "of-the-runbook-4417"


@pytest.fixture(params=["real"])
def floor_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def typed(desk: TestDesk, command: str) -> subprocess.CompletedProcess[str]:
    program, *arguments = command.replace("http://127.0.0.1:8000", desk.url).split()
    start = {"manage.py": [sys.executable, "manage.py"], "curl": ["curl", "--fail"]}[program]
    return warm.run(
        [*start, *arguments], env=desk.environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def figures(desk: TestDesk) -> str:
    request = urllib.request.Request(f"{desk.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(answer.read().decode())


def is_told(desk: TestDesk, line: str) -> bool:
    return f"\n{line}\n" in figures(desk)


@pytest.mark.timeout(240)
def test_the_runbooks_commands_work_and_metrics_follow_the_desk(
    open_desk: OpenDesk, floor: dict[str, str], tmp_path: Path
) -> None:
    alive = str(tmp_path / "alive")
    desk = open_desk({**floor, "SHOP_METRICS_TOKEN": TOKEN, "SHOP_WORKER_ALIVE_FILE": alive})
    number = desk.post()
    desk.wait_until_processed(number)
    assert len(COMMANDS) >= 8
    for command in COMMANDS:
        done = typed(desk, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert done.stdout or "--check" in command, command

    for line in ("desk_orders_total 1.0", 'desk_step_attempts_total{destination="sap",outcome="done"} 1.0'):
        wait_for(partial(is_told, desk, line), f"{line} is counted")  # Orders and attempts are, one after the other.
    found = figures(desk)
    assert 'desk_workers{queue="printing"} 1.0' in found
    assert {name for name in NAMES if f"\n{name}" not in found} <= {"desk_printer_blocked"}
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{desk.url}/metrics", timeout=30)
