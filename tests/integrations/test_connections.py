import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from integrations.connections import Finding, check_of, try_connections
from tests.integrations.running_sandbox import RunningSandbox
from tests.servers import warm

pytestmark = pytest.mark.django_db


def by_name(names: Iterable[str] = ("sap", "marketing")) -> dict[str, Finding]:
    return {finding.name: finding for finding in try_connections(names)}


def run(*names: str) -> tuple[object, str]:
    out = StringIO()
    try:
        call_command("check_integrations", *names, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_all_is_well_in_one_line_each_and_nothing_is_created(sandbox: RunningSandbox) -> None:
    code, out = run("sap", "marketing")
    assert code == 0
    assert out.splitlines() == [
        "ok     sap: lets us in and lets us look up sales orders (client 100)",
        "ok     marketing: takes our write key",
    ]
    assert sandbox.sales_orders() == []
    assert sandbox.json("/sandbox/events.json")["deliveries"] == 0


def test_what_is_wrong_is_said_with_what_to_do(sandbox: RunningSandbox, settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, password="wrong")
    settings.MARKETING = replace(settings.MARKETING, write_key="wrong")
    code, out = run("sap", "marketing")
    assert code == 1
    [sap, marketing] = out.splitlines()
    assert sap.startswith("WRONG  sap: SAP refused the logon")
    assert "Check the variables SHOP_SAP_…" in sap
    assert "Check the variables SHOP_MARKETING_…" in marketing


def test_a_destination_that_is_not_there_is_said(settings: Settings) -> None:
    finding = by_name(["sap"])["sap"]
    assert "SAP can't be reached." in finding.said
    assert "SHOP_SAP_URL" in finding.what_to_do


def test_a_process_that_has_run_no_task_yet_finds_the_checks(tmp_path: Path) -> None:
    ours = {"SHOP_ORDER_STEPS": "statistics", "SHOP_VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "shop.settings"}
    environment = os.environ | ours
    command = [sys.executable, "manage.py", "check_integrations"]
    ran = warm.run(command, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True, check=False)
    assert ran.stdout == "ok     statistics: needs no connection\n", ran.stderr


def test_an_unknown_destination_is_refused_by_name() -> None:
    with pytest.raises(CommandError, match="No such destination: fax"):
        run("fax")


def test_a_fault_of_one_does_not_hide_the_others(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> str:
        raise RuntimeError

    monkeypatch.setattr("integrations.sap.tasks.check", breaks)
    found = by_name()
    assert "a fault in the desk itself" in found["sap"].said
    assert found["marketing"].ok


MOVED = """
from celery import shared_task

@shared_task(name="integrations.fax.tasks.send_fax")
def send_fax(order_id: int) -> None: ...

def check() -> str:
    return "takes our faxes"
"""


def test_a_steps_check_is_found_where_its_task_stands_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    (tmp_path / "moved_file.py").write_text(MOVED)
    monkeypatch.syspath_prepend(tmp_path)
    import_module("moved_file")
    settings.ENABLED_STEPS = {"fax": "integrations.fax.tasks.send_fax"}
    assert str(by_name(["fax"])["fax"]) == "ok     fax: takes our faxes"


@pytest.mark.parametrize("name", django_settings.ORDER_STEPS)
def test_every_step_finds_its_check(name: str) -> None:
    task = django_settings.ORDER_STEPS[name]
    import_module(django_settings.MOVED_TASKS.get(task, task.rpartition(".")[0]))
    assert (check_of(task) is None) == (name == "printing")


def test_the_admins_button_tries_them(sandbox: RunningSandbox, client: Client, settings: Settings) -> None:
    settings.SAP = replace(settings.SAP, client="999")
    client.force_login(User.objects.create_superuser("anna"))
    assert "SAP refused" not in client.get("/admin/integrations/connection/").content.decode()
    page = client.post("/admin/integrations/connection/").content.decode()
    assert "SAP refused the logon" in page
    assert "takes our write key" in page
