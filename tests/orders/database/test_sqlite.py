"""What SQLite's backend adds: a search in every script, and a file that nobody else can read."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from orders.database.sqlite.base import DatabaseWrapper, like
from orders.models import Product
from shop.databases import embedded

NAMES = ["Helgi Möller", "Олег Петров", "Şirin", "50% off_now", "Straße"]


@pytest.fixture
def sqlite(tmp_path: Path, db: None) -> Iterator[DatabaseWrapper]:
    """A file with a table of products, beside the test's own database."""
    before = os.umask(0)  # It must not be the shell's that keeps others out.
    wrapper = DatabaseWrapper(connections.configure_settings({"default": embedded(tmp_path / "x.sqlite3")})["default"])
    with wrapper.schema_editor() as editor:
        editor.create_model(Product)
    with wrapper.cursor() as cursor:
        statement = "INSERT INTO orders_product (sku, name, price, active, bin_location, sap_material)"
        cursor.executemany(f"{statement} VALUES (%s, %s, 1, 1, '', '')", [(name, name) for name in NAMES])
    yield wrapper
    wrapper.close()
    os.umask(before)


def found(sqlite: DatabaseWrapper, **lookup: str) -> list[str]:
    """As the ORM asks."""
    sql, values = Product.objects.filter(**lookup).values("name").query.get_compiler(connection=sqlite).as_sql()
    with sqlite.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("lookup", "text", "expected"),
    [
        ("icontains", "MÖLLER", "Helgi Möller"),
        ("icontains", "möller", "Helgi Möller"),
        ("icontains", "helgi mÖ", "Helgi Möller"),
        ("istartswith", "ОЛЕГ", "Олег Петров"),
        ("iendswith", "ПЕТРОВ", "Олег Петров"),
        ("iexact", "ŞİRİN".replace("İ", "I"), "Şirin"),
        ("icontains", "% OFF_", "50% off_now"),
        ("icontains", "STRASSE", "Straße"),
    ],
)
def test_a_name_is_found_however_it_is_typed(sqlite: DatabaseWrapper, lookup: str, text: str, expected: str) -> None:
    assert found(sqlite, **{f"name__{lookup}": text}) == [expected]


def test_what_is_no_wildcard_is_none(sqlite: DatabaseWrapper) -> None:
    assert found(sqlite, name__icontains="0_ o") == []
    assert found(sqlite, name__icontains="M%LLER") == []


@pytest.mark.parametrize(
    ("pattern", "text", "escape", "expected"),
    [
        ("a%", "Abc\ndef", "", True),
        ("a_c", "ABC", "", True),
        ("a_c", "AC", "", False),
        ("a\\%", "A%", "\\", True),
        ("a\\%", "Ab", "\\", False),
        ("a.c", "abc", "", False),
        (7, 7, "", True),
        (None, "x", "", None),
        ("x", None, "", None),
    ],
)
def test_like_is_sqls(pattern: Any, text: Any, escape: str, expected: bool | None) -> None:
    assert like(pattern, text, escape) is expected


def test_the_file_and_its_log_are_their_owners_alone(sqlite: DatabaseWrapper, tmp_path: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert set(modes) >= {"x.sqlite3", "x.sqlite3-wal"}
    assert set(modes.values()) == {0o600}
