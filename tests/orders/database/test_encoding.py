"""A new database that can't hold everybody's name is refused, and nothing is made in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from django.db import connection

from orders.database import encoding
from shop.operations.doctor import database

ROOT = Path(__file__).resolve().parents[3]
NAME = "of_another_encoding"


def query(statement: str, name: str) -> list[tuple[object, ...]]:
    given = connection.settings_dict
    server = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    direct = psycopg2.connect(**server, dbname=name)
    try:
        direct.autocommit = True
        with direct.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        direct.close()


@pytest.fixture(params=["SQL_ASCII", "LATIN1"])
def other(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """Its encoding."""
    query(f"DROP DATABASE IF EXISTS {NAME}", connection.settings_dict["NAME"])
    made = f"CREATE DATABASE {NAME} ENCODING '{request.param}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    query(made, connection.settings_dict["NAME"])
    yield request.param
    query(f"DROP DATABASE {NAME} WITH (FORCE)", connection.settings_dict["NAME"])


def migrate(tmp_path: Path) -> "subprocess.CompletedProcess[str]":
    given = connection.settings_dict
    user = f"{quote(given['USER'])}:{quote(given['PASSWORD'], safe='')}"
    url = f"postgresql://{user}@{given['HOST']}:{given['PORT']}/{NAME}"
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "DJANGO_"))}
    desk = {"SHOP_ENV_FILE": "", "SHOP_VAR_DIR": str(tmp_path), "SHOP_ORDER_STEPS": "printing"}
    env = outside | desk | {"SHOP_DATABASE_URL": url}
    command = [sys.executable, "manage.py", "migrate"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_a_new_one_is_refused_with_what_to_do_and_nothing_is_made(other: str, tmp_path: Path) -> None:
    ran = migrate(tmp_path)
    assert ran.returncode == 1
    told = f"The database's encoding is {other}, not UTF-8: many a name can't be saved in it. Nothing was made in it. "
    assert ran.stderr.splitlines() == [f"CommandError: {told}{encoding.WHAT_TO_DO}"]
    assert query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", NAME) == []


def test_one_that_is_in_use_goes_on_and_the_doctor_tells(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert encoding.trouble() == ""
    monkeypatch.setattr(encoding, "UTF8", "another")
    (told,) = [finding for finding in database.check(1e9) if "encoding" in finding.said]
    assert told.level == 2
    assert "createdb --encoding UTF8" in told.what_to_do
