"""No request whatever is a fault of the desk, or answered otherwise than the schema says: real gunicorn, PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.desk import TestDesk
from tests.fuzz.fuzzer import fuzz

CASES = int(os.environ.get("FUZZ_CASES", "1500"))
SEED = 20


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[TestDesk]:
    here = TestDesk(tmp_path / "var", {"SHOP_DATABASE_URL": database_url})
    try:
        here.start_web(processes=2)
        yield here
    finally:
        here.kill()


@pytest.mark.timeout(CASES)  # seconds
def test_whatever_a_client_sends_is_answered_as_the_schema_says(desk: TestDesk, tmp_path: Path) -> None:
    run = fuzz(desk.url, f"Bearer {desk.api_key()}", cases=CASES, seed=SEED, folder=tmp_path)
    assert run.ok, run.said
    assert run.cases >= CASES
    assert "Traceback" not in desk.processes["web"].log.read_text()


@pytest.mark.timeout(CASES)
def test_whatever_a_guest_sends_is_answered_as_the_schema_says(desk: TestDesk, tmp_path: Path) -> None:
    run = fuzz(desk.url, "", cases=CASES // 10, seed=SEED, folder=tmp_path)
    assert run.ok, run.said
    assert "Traceback" not in desk.processes["web"].log.read_text()
