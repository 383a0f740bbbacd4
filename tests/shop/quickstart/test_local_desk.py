from pathlib import Path

import pytest
from dotenv import dotenv_values

from shop.quickstart.local_desk import Desk

ODD = "it's a \\ $HOME #1 \"x\" é \\' end\\"


def test_a_command_finds_the_desks_settings_and_nobody_elses(tmp_path: Path) -> None:
    environment = {"SHOP_NAME": ODD, "SHOP_BROKER_URL": "", "PATH": "/bin", "SHOP_ENV_FILE": ""}
    desk = Desk(tmp_path, environment, port=8017, sandbox_port=8018)
    desk.note_down()
    assert dotenv_values(tmp_path / "desk.env") == {
        "SHOP_NAME": ODD,
        "SHOP_BROKER_URL": "",
        "SHOP_VAR_DIR": str(tmp_path),
    }
    assert (tmp_path / "desk.url").read_text() == "http://127.0.0.1:8017\n"


@pytest.mark.parametrize("before", [0o644, 0o600])
def test_its_passwords_are_its_owners_alone(tmp_path: Path, before: int) -> None:
    (tmp_path / "desk.env").touch(mode=before)
    Desk(tmp_path, {}, port=8017, sandbox_port=8018).note_down()
    assert (tmp_path / "desk.env").stat().st_mode & 0o777 == 0o600
