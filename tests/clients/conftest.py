from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import database_url, filled_database  # noqa: F401 - fixtures
from tests.end_to_end.desk import TestDesk


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[TestDesk]:  # noqa: F811 - the fixture
    here = TestDesk(tmp_path / "var", {"SHOP_DATABASE_URL": database_url})
    try:
        here.start_web(processes=1)
        yield here
    finally:
        here.kill()
