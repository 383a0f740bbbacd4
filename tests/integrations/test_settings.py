"""A destination that is on but lacks its settings refuses to start and names them."""

import os
import sys
from pathlib import Path

import pytest

from tests.servers import warm


def start(tmp_path: Path, **variables: str) -> tuple[int, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHOP_")}
    environment = inherited | {"SHOP_ENV_FILE": "", "SHOP_VAR_DIR": str(tmp_path)} | variables
    done = warm.run(
        [sys.executable, "-c", "import shop.settings"], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr.strip().splitlines()[-1] if done.stderr else ""


def test_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    code, said = start(tmp_path, SHOP_ORDER_STEPS="sap,ga4,statistics")
    assert code == 1
    for name in ("SHOP_SAP_URL", "SHOP_SAP_USER", "SHOP_SAP_SOLD_TO", "SHOP_GA4_MEASUREMENT_ID", "SHOP_GA4_API_SECRET"):
        assert name in said
    assert said.endswith("SHOP_ORDER_STEPS=statistics")


def test_a_destination_that_is_off_needs_nothing(tmp_path: Path) -> None:
    assert start(tmp_path, SHOP_ORDER_STEPS="statistics") == (0, "")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SHOP_SAP_URL", "sap.example", "must begin with https://"),
        ("SHOP_SAP_SALES_ORGANIZATION", "17100", "at most 4 characters"),
        ("SHOP_SAP_SOLD_TO", "12345678901", "at most 10 characters"),
        ("SHOP_SAP_CLIENT", "1000", "three digits"),
        ("SHOP_SAP_CA_FILE", "/nowhere.pem", "No such file"),
        ("SHOP_WEBHOOK_SECRET", "whsec_short", "at least 24 random bytes"),
        ("SHOP_MARKETING_WRITE_KEY", '"abc"', "leave out quotation marks"),
        ("SHOP_GA4_API_SECRET", "abc ", "leave out quotation marks, spaces"),
        ("SHOP_MATOMO_TOKEN", "abc\u200b", "invisible characters"),
        ("SHOP_MATOMO_SITE_ID", "3\n", "leave out"),
        ("SHOP_GA4_MEASUREMENT_ID", "UA-1-1", "a measurement id is G-"),
        ("SHOP_GA4_MEASUREMENT_ID", "g-a1b2c3", "a measurement id is G-"),
        ("SHOP_GA4_MEASUREMENT_ID", "G-A1B2C3 ", "a measurement id is G-"),
    ],
)
def test_a_malformed_value_is_refused_by_name(tmp_path: Path, name: str, value: str, words: str) -> None:
    code, said = start(tmp_path, SHOP_ORDER_STEPS="statistics", **{name: value})
    assert code == 1
    assert f"{name}: " in said
    assert words in said
