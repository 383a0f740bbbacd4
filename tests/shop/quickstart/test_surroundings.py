"""The programs in bin/, in a shell or an environment that somebody has set up for work of another kind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shop.quickstart.test_quickstart import ROOT, environment

CHANGES_FOLDER = 'cd "$(dirname "$0")/.."\n'
NAMES_FOLDER = 'source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)\n'
PROGRAMS = sorted(path.name for path in (ROOT / "bin").iterdir() if path.is_file())


def where(program: str, head: str, tmp_path: Path, places: str) -> str:
    """What the program has printed, and where it is, after the lines that bring it into its folder."""
    here = tmp_path / "here"
    for folder in (here, tmp_path / "other"):
        (folder / "bin").mkdir(parents=True)
    (here / "bin" / program).write_text(head)
    env = {**os.environ, "CDPATH": places.format(other=tmp_path / "other")}
    ran = subprocess.run(["bash", f"bin/{program}"], cwd=here, env=env, capture_output=True, text=True, check=True)
    return ran.stdout.replace(str(here), "here")


@pytest.mark.parametrize("places", ["{other}", ".:{other}"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_shell_that_looks_for_folders_elsewhere_leads_no_program_astray(
    program: str, places: str, tmp_path: Path
) -> None:
    head, changes, _ = (ROOT / "bin" / program).read_text().partition(CHANGES_FOLDER)
    assert changes
    assert where(program, f"{head}{changes}pwd\n", tmp_path, places) == "here\n"


@pytest.mark.parametrize("places", ["{other}", ".:{other}"])
def test_nor_the_one_that_installs_the_desk(places: str, tmp_path: Path) -> None:
    head, names, _ = (ROOT / "deploy" / "install").read_text().partition(NAMES_FOLDER)
    assert names
    assert where("install", f'{head}{names}echo "$source"\n', tmp_path, places) == "here\n"


@pytest.mark.parametrize(
    ("program", "setting", "said"),
    [("manage", {}, "Settings are missing"), ("quickstart", {"SHOP_PORT": "x"}, "SHOP_PORT")],
)
def test_a_python_that_looks_into_no_folder_by_itself_finds_the_desk(
    program: str, setting: dict[str, str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("shop", "orders", "integrations", "printing", "manage.py", "celeryconfig.py", f"bin/{program}"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "bin" / "venv").write_text(f"#!/bin/bash\necho {sys.executable}\n")
    (tmp_path / "bin" / "venv").chmod(0o755)
    env = environment(tmp_path / "var", PYTHONSAFEPATH="1", **setting)
    command = ["bash", f"bin/{program}", "check"] if program == "manage" else ["bash", f"bin/{program}", "--once"]
    ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert said in ran.stdout + ran.stderr
    assert "No module named" not in ran.stderr


def test_files_of_the_desks_own_are_read_in_utf_8_whatever_the_systems_encoding_is(tmp_path: Path) -> None:
    program = r"""if True:
        import django
        django.setup()
        from orders import unused_templates
        from shop import openapi
        assert "M\u00f6ller" in str(openapi.document())
        assert not unused_templates._desks("printing/slip.html").isascii()
    """
    ascii_alone = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    desk = {"SHOP_ORDER_STEPS": "printing", "DJANGO_SETTINGS_MODULE": "shop.settings"}
    env = environment(tmp_path, **ascii_alone, **desk)
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
