"""Traces are off unless asked for, and what is off costs nothing; what is asked for and missing is said in one line."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from orders.steps import hook

ROOT = Path(__file__).resolve().parents[4]
LOADS_ALL = """
import sys
from shop.wsgi import application
import shop.celery
shop.celery.app.loader.import_default_modules()
from django.conf import settings
from shop.operations import traces
traces.begin()
import orders.messaging.worker.consumer
from orders.steps import hook
print(any(name.split(".")[0] in ("opentelemetry", "google") for name in sys.modules), hook.around.__name__)
"""
# As on a machine where nobody installed them.
WITHOUT = """
import sys
class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "opentelemetry":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Nowhere())
"""


def run(code: str, tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    own = {"SHOP_ENV_FILE": "", "SHOP_VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "shop.settings"}
    given = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "DJANGO_"))}
    sap = {name: value for name, value in os.environ.items() if name.startswith(("SHOP_SAP_", "SHOP_MARKETING_"))}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=given | sap | own | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "False nullcontext"),
        ({"SHOP_TRACES_URL": ""}, "False nullcontext"),
        (
            {"SHOP_TRACES_URL": "http://127.0.0.1:9"},
            "True traced",
        ),
    ],
)
def test_nothing_is_imported_while_they_are_off(tmp_path: Path, variables: dict[str, str], told: str) -> None:
    ran = run(LOADS_ALL, tmp_path, **variables)
    assert ran.stdout.strip() == told, ran.stderr


def test_without_them_an_attempt_goes_through_no_code_of_ours() -> None:
    assert hook.around.__module__ == "contextlib"


@pytest.mark.parametrize("start", ["import shop.wsgi", "import celeryconfig"])
def test_missing_packages_are_one_line_that_names_the_file(tmp_path: Path, start: str) -> None:
    ran = run(WITHOUT + start, tmp_path, SHOP_TRACES_URL="http://127.0.0.1:4318")
    assert ran.returncode == 3
    assert ran.stderr == (
        "Refused to start: SHOP_TRACES_URL: OpenTelemetry is not installed: pip install -r requirements-traces.txt.\n"
    )
    assert run(WITHOUT + start, tmp_path).returncode == 0


def pins(name: str) -> set[str]:
    return set(re.findall(r"^\S+==\S+$", (ROOT / name).read_text(), re.M))


def test_what_is_tested_is_what_production_installs() -> None:
    assert len(pins("requirements-traces.txt")) > 3
    assert pins("requirements-traces.txt") <= pins("requirements-dev.txt")
    assert not pins("requirements-traces.txt") & pins("requirements.txt")
