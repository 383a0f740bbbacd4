"""API keys: made, found, replaced and revoked."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import api_keys
from orders.database.clock import DatabaseTime
from orders.errors import BadClient
from orders.models import ApiKey, Deed
from orders.models.api_key import Scope

pytestmark = pytest.mark.django_db


def made(client: str = "front", **options: Any) -> tuple[ApiKey, str]:
    return api_keys.make(client, [Scope.WRITE, Scope.READ], by="lena", **options)


def ago(seconds: float) -> DatabaseTime:
    return DatabaseTime(timedelta(seconds=-seconds))


def test_a_key_is_found_by_its_text_and_its_secret_is_kept_nowhere() -> None:
    key, text = made()
    assert api_keys.find(text) == key
    assert text.startswith(f"desk_{key.prefix}_")
    secret = text.rpartition("_")[2]
    for rows in (ApiKey.objects.values(), Deed.objects.values()):
        assert rows
        assert secret not in str(list(rows))


def test_two_keys_are_never_alike() -> None:
    assert len({made()[1] for _ in range(50)}) == 50


def revoked(key: ApiKey) -> None:
    api_keys.revoke([key], by="lena")


def over(key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(expires_at=ago(1))


@pytest.mark.parametrize("ended", [revoked, over])
def test_a_key_that_is_over_is_none(ended: Callable[[ApiKey], None]) -> None:
    key, text = made()
    ended(key)
    assert api_keys.find(text) is None


def test_a_key_works_until_its_end() -> None:
    _, text = made(expires_at=ago(-60))
    assert api_keys.find(text)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "", lambda text: "desk_", lambda text: text[:-1], lambda text: text + "0",
        lambda text: text.upper(),
        lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"), lambda text: text.replace("desk_", ""),
        lambda text: f"{text} ", lambda text: "desk_" + "0" * 12 + text[17:], lambda text: "ä" * 300, lambda text: "\0",
    ],
)  # fmt: skip
def test_what_is_nearly_a_key_is_none_and_costs_the_same_look_up(spoil: Callable[[str], str]) -> None:
    _, text = made()
    with CaptureQueriesContext(connection) as queries:
        assert api_keys.find(spoil(text)) is None
    assert len(queries) == 1


def test_the_last_use_is_written_down_once_a_minute(django_assert_num_queries: Any) -> None:
    key, text = made()
    with django_assert_num_queries(2):
        assert api_keys.find(text)
    with django_assert_num_queries(1):
        assert api_keys.find(text)
    ApiKey.objects.update(last_used_at=ago(61))
    with django_assert_num_queries(2):
        assert api_keys.find(text)
    key.refresh_from_db()
    assert key.last_used_at


def test_a_use_that_lies_ahead_was_before_the_clock_was_set_back(django_assert_num_queries: Any) -> None:
    key, text = made()
    ApiKey.objects.update(last_used_at=ago(-3600))
    with django_assert_num_queries(2):
        assert api_keys.find(text)
    key.refresh_from_db()
    assert key.last_used_at
    assert key.last_used_at < timezone.now()
    with django_assert_num_queries(1):
        assert api_keys.find(text)


def test_a_database_that_only_reads_keeps_no_client_out(monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = made()

    def refused(*args: Any, **options: Any) -> None:
        raise OperationalError("read-only")

    monkeypatch.setattr("django.db.models.QuerySet.update", refused)
    assert api_keys.find(text)


def test_a_key_is_replaced_by_one_that_may_do_the_same_while_both_work() -> None:
    old, text = made()
    new, other = api_keys.rotate(old, by="lena", keep=timedelta(days=3))
    assert (new.client, new.scopes, new.expires_at) == (old.client, old.scopes, None)
    assert api_keys.find(text) == old
    assert api_keys.find(other) == new
    old.refresh_from_db()
    assert old.expires_at
    assert timedelta(days=2.9) < old.expires_at - new.created_at < timedelta(days=3.1)


def test_a_key_that_was_made_for_a_time_is_replaced_by_one_for_as_long() -> None:
    old, _ = made(expires_at=ago(-90 * 86_400))
    ApiKey.objects.update(created_at=DatabaseTime(timedelta(days=-30)))
    old.refresh_from_db()
    new, _ = api_keys.rotate(old, by="lena")
    assert new.expires_at
    assert timedelta(days=119.9) < new.expires_at - new.created_at < timedelta(days=120.1)


def test_an_old_key_that_ends_sooner_anyway_does_not_live_longer() -> None:
    old, _ = made(expires_at=ago(-60))
    before = old.expires_at
    api_keys.rotate(old, by="lena")
    old.refresh_from_db()
    assert old.expires_at == before


def test_a_key_is_revoked_once_and_who_did_it_is_kept() -> None:
    key, _ = made()
    assert (api_keys.revoke([key], by="olga"), api_keys.revoke([key], by="wim")) == (1, 0)
    assert list(Deed.objects.values_list("what", "by", "detail")) == [
        ("changed", "olga", "revoked"),
        ("added", "lena", "orders:write orders:read"),
    ]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 151, "a\u200bb"])
def test_a_client_has_a_name_that_can_be_read(name: str) -> None:
    with pytest.raises(BadClient):
        made(name)
    assert not ApiKey.objects.exists()


# --- manage.py api_key ---
def run(*arguments: str) -> str:
    out = StringIO()
    call_command("api_key", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_the_command_shows_the_key_alone_and_once() -> None:
    text = run("create", "front", "--scopes", "orders:read, orders:write")
    key = api_keys.find(text)
    assert key
    assert (key.client, key.scopes, key.expires_at) == ("front", "orders:write orders:read", None)
    listed = run("list")
    assert listed.startswith(f"desk_{key.prefix}  front  orders:write,orders:read  ends never")
    assert text not in listed


def test_the_command_makes_a_key_that_ends() -> None:
    key = api_keys.find(run("create", "front", "--days", "30"))
    assert key
    assert key.expires_at
    assert timedelta(days=29) < key.expires_at - key.created_at < timedelta(days=31)


def test_the_command_replaces_and_revokes_by_the_prefix_or_the_whole_key() -> None:
    old = run("create", "front")
    new = run("rotate", old.rpartition("_")[0])
    assert api_keys.find(old)
    assert "is revoked" in run("revoke", old)
    assert "was revoked before" in run("revoke", old)
    assert api_keys.find(old) is None
    assert api_keys.find(new)
    with pytest.raises(CommandError, match="make a new one"):
        run("rotate", old)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("create", "x", "--scopes", "read,orders:read"),
            "there is no scope 'read'; there are orders:write, orders:read",
        ),
        (("create", "x", "--days", "0"), "a whole number of days from 1 to 36500"),
        (("create", "x", "--days", "1.5"), "'1.5': a whole number of days"),
        (("rotate", "x", "--keep-days", "٣"), "a whole number of days from 0"),
    ],
)
def test_the_command_says_what_an_option_takes(db: None, arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=re.escape(words)):
        run(*arguments)


@pytest.mark.parametrize(
    "arguments",
    [("create", " "), ("create", "x", "--scopes", "all"), ("create", "x", "--days", "-1"), ("revoke", "desk_1_secret")],
)
def test_the_command_says_what_is_wrong_and_repeats_no_key(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as error:
        run(*arguments)
    assert "secret" not in str(error.value)
    assert not ApiKey.objects.exists()
