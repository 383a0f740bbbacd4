"""The two floors a desk can stand on, and desks on them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end.desk import TestDesk, desk

OpenDesk = Callable[..., TestDesk]


@pytest.fixture(params=["embedded", "real"])
def floor(request: pytest.FixtureRequest) -> dict[str, str]:
    """SQLite and a folder; or PostgreSQL and RabbitMQ."""
    if request.param == "embedded":
        return {}
    return {
        "SHOP_DATABASE_URL": request.getfixturevalue("database_url"),
        "SHOP_BROKER_URL": request.getfixturevalue("broker_url"),
    }


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[OpenDesk]:
    """`open_desk(settings, workers=1)`; ended after the test."""
    with ExitStack() as ending:
        yield lambda settings, workers=1: ending.enter_context(desk(tmp_path / "var", settings, workers=workers))
