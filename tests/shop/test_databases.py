"""What Django is told of a database's URL."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from shop.databases import database, embedded


def entry(url: str) -> dict[str, Any]:
    return database(url, Path("var"))


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgresql://desk:p@one:5433/desk", "one", 5433),
        ("postgresql://desk:p@one,two/desk", "one,two", ""),
        ("postgresql://desk:p@one:5433,two:5434/desk", "one,two", "5433,5434"),
        ("postgresql://desk:p@one,two:5434/desk", "one,two", "5432,5434"),
        ("postgresql://desk:p,q@[::1]:5433,[fe80::2]/desk", "::1,fe80::2", "5433,5432"),
        ("postgresql://desk:p,q@one/desk", "one", ""),
    ],
)
def test_each_server_has_its_own_port(url: str, host: str, port: object) -> None:
    found = entry(url)
    assert (found["HOST"], found["PORT"], found["NAME"], found["USER"]) == (host, port, "desk", "desk")


def test_of_several_servers_the_one_that_takes_writes_is_wanted() -> None:
    assert entry("postgresql://desk:p@one,two/desk")["OPTIONS"]["target_session_attrs"] == "read-write"
    assert (
        entry("postgresql://desk:p@one,two/desk?target_session_attrs=any")["OPTIONS"]["target_session_attrs"] == "any"
    )
    assert "target_session_attrs" not in entry("postgresql://desk:p@one/desk")["OPTIONS"]


def test_a_password_with_commas_stays_whole() -> None:
    assert entry("postgresql://desk:a,b%2Cc@one,two/desk")["PASSWORD"] == "a,b,c"


@pytest.mark.parametrize("hosts", ["one:x,two", "one,,two", "one,two,", "one,[::1", "one:5432:1,two"])
def test_a_server_that_is_none_is_not_left_out_in_silence(hosts: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SHOP_DATABASE_URL is no database URL"):
        entry(f"postgresql://desk:p@{hosts}/desk")


def test_a_file_of_sqlite_is_kept_as_our_own_is(tmp_path: Path) -> None:
    assert entry(f"sqlite:///{tmp_path}/desk.sqlite3") == embedded(tmp_path / "desk.sqlite3")


def test_a_database_may_be_named_by_a_service(tmp_path: Path) -> None:
    assert entry("postgresql://?service=desk")["OPTIONS"]["service"] == "desk"
