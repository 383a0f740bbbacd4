"""The two floors a desk can stand on, and desks on them.

Each floor's database is made once, by `manage.py migrate` and `demo_catalogue`; every desk gets a copy.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

from tests.end_to_end.desk import TestDesk, desk

OpenDesk = Callable[..., TestDesk]
FILE = "desk.sqlite3"


@pytest.fixture
def floor(request: pytest.FixtureRequest, floor_name: str) -> dict[str, str]:
    """SQLite and a folder; or PostgreSQL and RabbitMQ."""
    if floor_name == "embedded":
        return {}
    return {
        "SHOP_DATABASE_URL": request.getfixturevalue("database_url"),
        "SHOP_BROKER_URL": request.getfixturevalue("broker_url"),
    }


@pytest.fixture(params=["embedded", "real"])
def floor_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def database(server: str, *, like: str = "template1") -> Iterator[str]:
    """A fresh database on a PostgreSQL, gone afterwards; a copy of `like`. Yields its URL."""
    name = f"desk_{secrets.token_hex(4)}"
    connection = psycopg2.connect(server, connect_timeout=5)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()


@pytest.fixture(scope="session")
def filled_database(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with tables and products, to be copied."""
    with database(postgres_url) as url:
        TestDesk(tmp_path_factory.mktemp("filled"), {"SHOP_DATABASE_URL": url}).fill()
        yield urlsplit(url).path.removeprefix("/")


@pytest.fixture
def database_url(postgres_url: str, filled_database: str) -> Iterator[str]:
    with database(postgres_url, like=filled_database) as url:
        yield url


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for SQLite."""
    folder = tmp_path_factory.mktemp("filled")
    TestDesk(folder, {}).fill()
    return folder / FILE


@pytest.fixture(scope="module")
def own_folder(filled_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the desk of one file of tests, with a copy of it: what they order stays with them."""
    folder = tmp_path_factory.mktemp("var")
    shutil.copy(filled_file, folder / FILE)
    return folder


@pytest.fixture
def open_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenDesk]:
    """`open_desk(settings, workers=1)`; ended after the test."""
    var_dir = tmp_path / "var"

    def opened(settings: dict[str, str], workers: int = 1) -> TestDesk:
        if "SHOP_DATABASE_URL" not in settings:
            var_dir.mkdir()
            shutil.copy(request.getfixturevalue("filled_file"), var_dir / FILE)
        return ending.enter_context(desk(var_dir, settings, workers=workers))

    with ExitStack() as ending:
        yield opened
