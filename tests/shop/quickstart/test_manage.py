"""A management command runs in the environment of the first look that is running; without one it says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shop.quickstart.manage import enter
from shop.quickstart.processes import StartFailed
from shop.quickstart.running import LOCK, alone, environment_of
from tests.shop.quickstart.test_quickstart import ROOT, environment, manage


def test_the_environment_of_the_running_one_takes_the_place_of_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "environ", {"PATH": "/bin", "SHOP_SAP_URL": "https://real.example"})
    with alone(tmp_path, {"SHOP_NAME": "Größe 7", "HOME": "/root"}):
        assert (tmp_path / LOCK).stat().st_mode & 0o777 == 0o600
        assert enter(tmp_path) == ""
    assert os.environ == {
        "PATH": "/bin",
        "SHOP_NAME": "Größe 7",
        "SHOP_VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "shop.settings",
    }


@pytest.mark.parametrize("before", ["nothing", "a stopped one", "a killed one"])
def test_where_none_is_running_it_says_so_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: str
) -> None:
    if before == "a stopped one":
        with alone(tmp_path, {"SHOP_NAME": "Old"}):
            pass
    elif before == "a killed one":
        (tmp_path / LOCK).write_text('{"SHOP_NAME": "Old"}')
    monkeypatch.setattr(os, "environ", {"SHOP_NAME": "Mine"})
    assert enter(tmp_path).startswith(f"No bin/quickstart is running with {tmp_path}: ")
    assert os.environ == {"SHOP_NAME": "Mine"}
    assert environment_of(tmp_path / "nowhere") is None


def test_a_second_first_look_leaves_the_first_ones_environment_alone(tmp_path: Path) -> None:
    (tmp_path / LOCK).touch(mode=0o644)
    with alone(tmp_path, {"SHOP_NAME": "First"}):
        with pytest.raises(StartFailed, match="Another bin/quickstart is running"), alone(tmp_path, {}):
            pass
        assert environment_of(tmp_path) == {"SHOP_NAME": "First"}
    assert (tmp_path / LOCK).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / LOCK).read_text() == ""


def test_without_settings_a_command_ends_with_one_line_and_not_with_a_traceback(tmp_path: Path) -> None:
    ran = manage(tmp_path, "check")
    first, second = ran.stderr.splitlines()
    assert ran.returncode == 3
    assert first.startswith("No bin/quickstart is running with")
    assert second.startswith("Refused to start: Settings are missing: the step 'sap' needs SHOP_SAP_URL")
    assert ran.stdout == ""


def test_a_python_without_django_is_told_the_way(tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(ROOT / "manage.py"), "check"]
    ran = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert ran.stderr.startswith("Django is not installed for")
    assert ran.stderr.count("\n") == 1
