"""How a command ends when something outside of it fails: in a line, and never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AWAY = "postgresql://desk:hidden@127.0.0.1:1/desk"


def run(tmp_path: Path, *arguments: str, database: str = "", out: int = subprocess.PIPE) -> tuple[int, str]:
    """The exit code, and what stands on standard error. Without a database it is SQLite, with its tables."""
    own = {"PATH": os.environ["PATH"], "SHOP_ENV_FILE": "", "SHOP_VAR_DIR": str(tmp_path)}
    environment = own | {"SHOP_ORDER_STEPS": "printing", "SHOP_DATABASE_URL": database}
    command = [sys.executable, "manage.py", *arguments]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, timeout=120
    )
    return ended.returncode, ended.stderr.decode()


@pytest.mark.parametrize(
    "command",
    [
        ("resend", "--step", "printing"),
        ("make_roles",),
        ("api_key", "list"),
        ("demo_catalogue",),
        ("migrate", "--check"),
        ("createsuperuser", "--noinput"),
    ],
)
def test_a_database_that_is_away_is_a_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    code, said = run(tmp_path, *command, database=AWAY)
    assert code == 1
    (line,) = said.splitlines()
    assert line.startswith("The database is away: OperationalError: ")
    assert "hidden" not in line


def test_who_wants_the_traceback_gets_it(tmp_path: Path) -> None:
    code, said = run(tmp_path, "make_roles", "--traceback", database=AWAY)
    assert code == 1
    assert "Traceback" in said


@pytest.mark.parametrize("command", ["--help", "showmigrations", "help"])
def test_a_reader_who_is_gone_is_no_fault(tmp_path: Path, command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert run(tmp_path, command, out=writing) == (0, "")
    finally:
        os.close(writing)


def test_a_disk_that_is_full_is_a_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        assert run(tmp_path, "showmigrations", out=full.fileno()) == (1, "It broke off: No space left on device.\n")


def test_a_question_that_nobody_can_answer_is_a_line(tmp_path: Path) -> None:
    run(tmp_path, "migrate", "-v0")
    code, said = run(tmp_path, "flush")
    assert code == 1
    assert said == (
        "It asks a question, and there is nobody to answer it; --help lists the option that does, if there is one.\n"
    )
