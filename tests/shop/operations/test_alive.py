"""`manage.py worker_alive`, as whoever restarts workers calls it."""

import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from orders.database.clock import from_now
from orders.messaging.workers import Worker

ROOT = Path(__file__).resolve().parents[3]


def probe(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "SHOP_ENV_FILE": "", **variables}
    return subprocess.run(
        [sys.executable, "-X", "importtime", "manage.py", "worker_alive", *options],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "alive"
    file.write_text("night@packing\n")
    return file


def test_a_young_file_is_a_worker_that_goes_round_and_django_is_not_asked(file: Path) -> None:
    answer = probe(SHOP_WORKER_ALIVE_FILE=str(file))
    assert (answer.returncode, answer.stdout) == (0, "ok: night@packing\n")
    assert "django" not in answer.stderr


@pytest.mark.parametrize(
    ("age", "options", "code"), [(20, [], 0), (31, [], 1), (31, ["--seconds", "40"], 0), (-3600, [], 1)]
)
def test_an_old_file_is_a_worker_that_hangs(file: Path, age: float, options: list[str], code: int) -> None:
    at = file.stat().st_mtime - age
    os.utime(file, (at, at))
    answer = probe("--file", str(file), *options)
    assert answer.returncode == code
    assert ("does not go round" in answer.stdout) is bool(code)


@pytest.mark.parametrize("seconds", ["nan", "inf", "0", "-5", "soon", "30s"])
def test_an_age_that_is_none_is_refused_not_taken_for_a_young_file(file: Path, seconds: str) -> None:
    answer = probe("--file", str(file), f"--seconds={seconds}")
    assert answer.returncode == 2
    assert f"'{seconds}' is no number of seconds" in answer.stderr


def test_no_file_is_no_worker_and_no_variable_is_told(tmp_path: Path) -> None:
    answer = probe("--file", str(tmp_path / "none"))
    assert (answer.returncode, "no worker runs" in answer.stdout) == (1, True)
    answer = probe()
    assert (answer.returncode, "SHOP_WORKER_ALIVE_FILE is not set" in answer.stdout) == (1, True)


def test_the_variable_is_found_where_the_worker_finds_it(file: Path, tmp_path: Path) -> None:
    (tmp_path / "env").write_text(f"SHOP_WORKER_ALIVE_FILE={file}\n")
    assert probe(SHOP_ENV_FILE=str(tmp_path / "env")).returncode == 0


def ready(file: Path) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("worker_alive", "--ready", "--file", str(file), stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.parametrize(("ago", "code"), [(5, 0), (70, 0), (80, 1), (-7200, 1)])
def test_ready_is_who_renews_its_row(db: None, file: Path, ago: float, code: int) -> None:
    at: Any = from_now(timedelta(seconds=-ago))
    Worker.objects.create(name="another@h", host="h", started_at=from_now(), seen_at=from_now())
    assert ready(file)[0] == 1
    Worker.objects.create(name="night@packing", host="h", started_at=at, seen_at=at)
    assert ready(file)[0] == code
    file.unlink()
    assert ready(file)[0] == 1
