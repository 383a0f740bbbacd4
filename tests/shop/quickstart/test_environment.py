"""A first look takes what is on its list, and tells what it leaves out: no demo order reaches a real system."""

import os
import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from shop.env_file import values_in
from shop.quickstart import environment
from shop.quickstart.__main__ import prepare_environment
from shop.quickstart.environment import BARE, COLLECTOR, FURTHER, HARMLESS, ITS_OWN, WEB, take
from shop.settings import ORDER_STEPS

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = set(re.findall(r"^#?(SHOP_\w+)=", (ROOT / ".env.example").read_text(), re.M))
REAL = "https://real.example/x"


@pytest.mark.parametrize("where", ["given", "file"])
def test_no_value_that_could_lead_anywhere_is_taken(where: str) -> None:
    """Every documented variable, and some of other programs: only names on the list get through."""
    others = [
        "HTTPS_PROXY",
        "http_proxy",
        "CELERY_BROKER_URL",
        "GUNICORN_CMD_ARGS",
        "DJANGO_SETTINGS_MODULE",
        "SENTRY_DSN",
    ]
    hostile = dict.fromkeys([*EXAMPLE, *others, "SHOP_NEW_DESTINATION_URL"], REAL)
    taken = take(hostile, {}) if where == "given" else take({}, hostile)
    leading = {name for name, value in taken.environment.items() if value == REAL}
    assert leading == (HARMLESS | ITS_OWN if where == "given" else HARMLESS)


def test_of_every_setting_somebody_has_decided_whether_it_is_taken() -> None:
    decided = HARMLESS | ITS_OWN | WEB | BARE | COLLECTOR | {"SHOP_ENV_FILE"}
    rest = EXAMPLE - decided
    assert all(environment._reason(name)[0].endswith("*") for name in rest), rest
    assert decided - EXAMPLE == set()


def test_what_leads_nowhere_is_taken_from_the_file_and_the_environment_wins() -> None:
    taken = take({"SHOP_NAME": "Mine"}, {"SHOP_NAME": "File's", "SHOP_PORT": "8123", "SHOP_CURRENCY": "CHF"})
    assert taken.environment == {"SHOP_NAME": "Mine", "SHOP_PORT": "8123", "SHOP_CURRENCY": "CHF"}
    assert taken.notes == [".env: SHOP_NAME, SHOP_PORT, SHOP_CURRENCY used"]


def test_what_is_left_out_is_said_in_a_line_with_the_reason() -> None:
    file = {
        "SHOP_NAME": "Shop", "SHOP_SAP_URL": REAL, "SHOP_SAP_USER": "x", "SHOP_DATABASE_URL": "x", "SHOP_HTTPS": "true",
        "DJANGO_DEBUG": "1",
    }  # fmt: skip
    assert take({}, file).notes == [
        ".env: SHOP_NAME used; left out: SHOP_SAP_* (orders of a first look reach stand-ins alone); "
        "SHOP_DATABASE_URL (it keeps its own data; set it in the environment to use it here); "
        "SHOP_HTTPS (it serves this machine alone, by http); DJANGO_DEBUG (no setting of a first look)"
    ]
    assert take({"SHOP_GA4_API_SECRET": "s3cret"}, {}).notes == [
        "Environment: left out: SHOP_GA4_* (orders of a first look reach stand-ins alone)"
    ]
    assert take({"PATH": "/bin", "SHOP_PORT": "1", "SHOP_ENV_FILE": "x"}, {}).notes == []


def test_steps_without_a_stand_in_are_left_out() -> None:
    taken = take({"SHOP_ORDER_STEPS": "sap, ga4,matomo,statistics,webhook"}, {})
    assert taken.environment["SHOP_ORDER_STEPS"] == "sap,statistics"
    assert taken.notes == ["SHOP_ORDER_STEPS: left out: ga4, matomo, webhook (there is no stand-in for it)"]
    assert "SHOP_ORDER_STEPS" not in take({"SHOP_ORDER_STEPS": "ga4"}, {}).environment
    assert set(FURTHER) | {"sap", "marketing", "printing", "statistics"} == set(ORDER_STEPS)


def test_the_processes_get_nothing_else(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    file = ROOT / "no such file"
    monkeypatch.setattr(
        os, "environ", {"PATH": "/bin", "SHOP_PORT": "1", "SHOP_WEBHOOK_URL": REAL, "SHOP_ENV_FILE": str(file)}
    )
    prepare_environment()
    assert os.environ == {
        "PATH": "/bin",
        "SHOP_PORT": "1",
        "SHOP_ENV_FILE": "",
        "DJANGO_SETTINGS_MODULE": "shop.settings",
        "SHOP_WORKER_CONCURRENCY": "4",
    }
    assert "left out: SHOP_WEBHOOK_*" in capsys.readouterr().out


def test_the_file_is_read_as_the_desk_reads_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# a shop\nSHOP_NAME='Größe 7'\nexport SHOP_PORT=8123\nSHOP_CURRENCY=\n", encoding="utf-8")
    assert values_in(file) == {"SHOP_NAME": "Größe 7", "SHOP_PORT": "8123", "SHOP_CURRENCY": ""}
    assert values_in(tmp_path / "none") == {}


@pytest.mark.parametrize("kind", ["folder", "bytes"])
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, kind: str) -> None:
    file = tmp_path / ".env"
    file.mkdir() if kind == "folder" else file.write_bytes(b"SHOP_NAME=\xff\xfe")
    with pytest.raises(ImproperlyConfigured, match=rf"{file} can't be read: "):
        values_in(file)
