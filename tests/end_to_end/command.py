"""Runs a management command as a person at a terminal does."""

import subprocess
import sys

from shop.quickstart.local_desk import ROOT
from tests.end_to_end.desk import TestDesk
from tests.servers import warm


def start(desk: TestDesk, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return warm.Popen(
        [sys.executable, "manage.py", *arguments],
        env={**desk.environment, **environment}, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def run(desk: TestDesk, *arguments: str, **environment: str) -> tuple[int, list[str]]:
    """Exit code, and the lines on either output."""
    process = start(desk, *arguments, **environment)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in out + err
    return process.returncode, [*out.splitlines(), *err.splitlines()]
