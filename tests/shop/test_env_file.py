"""What a `.env` file says: all of it counts, or the desk does not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from shop.env_file import values_in

ROOT = Path(__file__).parents[2]


def written(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / "settings.env"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def started(tmp_path: Path, file: Path | str) -> subprocess.CompletedProcess[str]:
    """A command that needs no database, with this file and no variable of ours beside it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
    own = {"SHOP_ENV_FILE": str(file), "DJANGO_SETTINGS_MODULE": "shop.settings"}
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(
        command, cwd=ROOT, env=environment | own, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_value_is_what_stands_there(tmp_path: Path) -> None:
    text = "\ufeff# a shop\n\nA=pa${HOME}ss#1\nB = 'two words' # a remark\r\nexport C=\"x\"\nD=\nA=last$x\n"
    assert values_in(written(tmp_path, text)) == {"A": "last$x", "B": "two words", "C": "x", "D": ""}
    assert values_in(written(tmp_path, "A=pa${HOME}ss#1\n")) == {"A": "pa${HOME}ss#1"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('SHOP_NAME=A\nSHOP_SENDER="Kaffi | Hvergi\nSHOP_DATABASE_URL=postgresql://h/secret\n', 2),
        ("SHOP_NAME=A\n\n# a remark\nSHOP_DATABASE_URL postgresql://h/secret\n", 4),
        ("SHOP_NAME=A\nSHOP_DATABASE_URL: postgresql://h/secret\n", 2),
        ("SHOP_SECRET_KEY\n", 1),
        ("SHOP_NAME='A' secret\n", 1),
    ],
)
def test_a_line_that_can_not_be_read_is_told_by_its_number(tmp_path: Path, text: str, line: int) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ImproperlyConfigured, match=f"{file}, line {line}, can't be read: ") as caught:
        values_in(file)
    assert "secret" not in str(caught.value).lower().removeprefix(str(file))


@pytest.mark.parametrize("text", [b"SHOP_NAME=Caf\xe9\n", "SHOP_CURRENCY=USD\n".encode("utf-16")])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(ImproperlyConfigured, match="can't be read: it is no text in UTF-8"):
        values_in(written(tmp_path, text))


def test_a_file_that_is_not_there_says_nothing_unless_somebody_has_named_it(tmp_path: Path) -> None:
    assert values_in(tmp_path / "none") == {}
    with pytest.raises(ImproperlyConfigured, match="none can't be read: No such file or directory"):
        values_in(tmp_path / "none", must_exist=True)


@pytest.mark.parametrize("kind", ["missing", "folder", "bytes", "a line", "a long name"])
def test_a_desk_does_not_start_without_the_file_that_was_meant(tmp_path: Path, kind: str) -> None:
    """It would take orders into SQLite, and send them nowhere."""
    file: Path | str = tmp_path / "missing"
    if kind == "folder":
        file = tmp_path
    elif kind != "missing":
        file = (
            "x" * 300 if kind == "a long name" else written(tmp_path, b"\xff" if kind == "bytes" else b"SHOP_NAME x\n")
        )
    ended = started(tmp_path, file)
    assert ended.returncode == 3
    assert f"Refused to start: {file}" in ended.stderr
    assert "Traceback" not in ended.stderr
