"""Who guesses passwords must wait, and is told so; who comes from elsewhere need not."""

import re
import time
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from shop.staff.limits import ADDRESS_LIMIT, LIMIT, WAIT
from tests.shop.staff.conftest import act, staff

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.9"
LOGON = "/admin/login/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def wim() -> User:
    return User.objects.create_user("wim", password="right", is_staff=True)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    monkeypatch.setattr("shop.staff.guesses.log.parent.propagate", True)
    return caplog


def log_on(password: str, name: str = "wim", address: str = HERE, **headers: str) -> tuple[int, str]:
    """The status, and what the form says."""
    response = Client(REMOTE_ADDR=address, headers=headers).post(LOGON, {"username": name, "password": password})
    found = re.search(r'<p class="errornote">(.*?)</p>', response.text, re.S)
    return response.status_code, " ".join(found[1].split()) if found else ""


def guess(times: int, **more: str) -> list[int]:
    return [log_on(f"wrong {number}", **more)[0] for number in range(times)]


def test_sixty_guesses_are_five(wim: User) -> None:
    assert guess(60) == [200] * (LIMIT - 1) + [429] * (61 - LIMIT)
    assert AccessAttempt.objects.get().failures_since_start == LIMIT


def test_while_locked_the_right_password_is_not_looked_at(wim: User) -> None:
    guess(LIMIT)
    status, said = log_on("right")
    assert status == 429
    assert "wait 15 minutes" in said
    assert "ask somebody of operations" in said


def test_the_answer_says_when_to_come_back(wim: User) -> None:
    guess(LIMIT)
    response = Client(REMOTE_ADDR=HERE).post(LOGON, {"username": "wim", "password": "x"})
    assert response.headers["Retry-After"] == "900"


def test_nobody_can_be_kept_out_from_elsewhere(wim: User) -> None:
    guess(LIMIT)
    assert log_on("right", address=ELSEWHERE)[0] == 302


def test_a_colleague_at_the_same_address_is_not_locked(wim: User) -> None:
    User.objects.create_user("olga", password="good", is_staff=True)
    guess(LIMIT)
    assert log_on("good", name="olga")[0] == 302


def test_an_address_that_tries_many_names_is_locked_for_all(wim: User) -> None:
    tried = [log_on("Summer2026", name=f"user{number}")[0] for number in range(ADDRESS_LIMIT)]
    assert tried == [200] * (ADDRESS_LIMIT - 1) + [429]
    assert log_on("right")[0] == 429
    assert log_on("right", address=ELSEWHERE)[0] == 302


def test_other_browsers_do_not_count_anew(wim: User) -> None:
    tried = [log_on("wrong", **{"User-Agent": f"robot {number}"})[0] for number in range(LIMIT)]
    assert tried[-1] == 429
    assert AccessAttempt.objects.count() == 1


def test_after_the_wait_the_right_password_counts_again(wim: User) -> None:
    guess(LIMIT)
    AccessAttempt.objects.update(attempt_time=timezone.now() - WAIT - timedelta(seconds=1))
    assert log_on("right")[0] == 302


def test_trying_on_while_locked_does_not_prolong_the_wait(wim: User) -> None:
    guess(LIMIT)
    before = AccessAttempt.objects.get().attempt_time
    guess(3)
    assert AccessAttempt.objects.get().attempt_time == before


def test_a_good_password_forgets_its_own_failures_alone(wim: User) -> None:
    guess(LIMIT - 1)
    guess(LIMIT - 1, name="olga")
    assert log_on("right")[0] == 302
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["olga"]


def test_nothing_tells_a_user_from_a_name_nobody_has(wim: User) -> None:
    User.objects.create_user("customer", password="right")
    User.objects.create_user("gone", password="right", is_staff=True, is_active=False)
    for number in range(LIMIT + 2):
        said = {log_on("wrong", name=name) for name in ("wim", "nobody", "customer", "gone")}
        assert len(said) == 1, (number, said)


def test_the_old_password_can_not_be_guessed_where_one_changes_it(wim: User) -> None:
    client = Client(REMOTE_ADDR=HERE)
    client.force_login(wim)
    form = {"new_password1": "quite another one", "new_password2": "quite another one"}

    def change(old: str) -> int:
        return client.post("/admin/password_change/", form | {"old_password": old}).status_code

    assert [change(f"wrong {number}") for number in range(LIMIT)] == [200] * LIMIT
    assert change("right") == 429
    AccessAttempt.objects.all().delete()
    assert change("right") == 302


# --- The address ---


def test_a_forged_header_is_no_other_address(wim: User) -> None:
    tried = [log_on("wrong", **{"X-Forwarded-For": f"203.0.113.{number}"})[0] for number in range(LIMIT)]
    assert tried[-1] == 429


def test_behind_the_proxy_its_own_word_counts_alone(wim: User, settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    tried = [log_on("wrong", **{"X-Forwarded-For": f"203.0.113.{number}, {HERE}"})[0] for number in range(LIMIT)]
    assert tried[-1] == 429
    assert log_on("right", **{"X-Forwarded-For": f"{HERE}, {ELSEWHERE}"})[0] == 302


def test_one_customer_of_ipv6_is_one_address(wim: User) -> None:
    tried = [log_on("wrong", address=f"2001:db8:1:2::{number:x}")[0] for number in range(LIMIT)]
    assert tried[-1] == 429
    assert log_on("right", address="2001:db8:1:3::1")[0] == 302


@pytest.mark.parametrize("address", ["", "unknown", "::ffff:192.0.2.1"])
def test_any_address_can_be_counted(wim: User, address: str) -> None:
    assert guess(LIMIT, address=address)[-1] == 429


# --- The log ---


def test_each_failure_is_a_line_in_the_log(wim: User, log: pytest.LogCaptureFixture) -> None:
    guess(LIMIT)
    lines = [record.getMessage() for record in log.records if record.name == "shop.staff.guesses"]
    assert lines == [f"logon failed for wim from {HERE}"] * (LIMIT - 1) + [
        f"logon failed for wim from {HERE}; locked for 15 minutes"
    ]


def test_a_password_in_the_wrong_field_is_not_logged(wim: User, log: pytest.LogCaptureFixture) -> None:
    log_on("", name="hunter2\nforged line")
    log_on("x", name="hunter2\nforged line")
    assert "hunter2" not in log.text
    assert "an unknown name" in log.text


# --- Unlocking ---


def test_operations_let_somebody_try_again(wim: User) -> None:
    guess(LIMIT)
    client = staff("operations")
    assert "locked" in client.get("/admin/axes/accessattempt/").text
    assert "May try again: wim." in act(client, "axes/accessattempt", "let_them_try", AccessAttempt.objects.get()).text
    assert log_on("right")[0] == 302


def test_an_address_that_is_locked_shows_as_such(wim: User) -> None:
    for number in range(ADDRESS_LIMIT // LIMIT):
        guess(LIMIT, name=f"user{number}")
    assert staff("operations").get("/admin/axes/accessattempt/").text.count("address locked") == 10


def test_a_command_unlocks_too(wim: User) -> None:
    guess(LIMIT)
    call_command("axes_reset_username", "wim")
    assert log_on("right")[0] == 302


# --- What it costs ---


def test_an_order_does_not_pay_for_it(django_assert_num_queries: DjangoAssertNumQueries, settings: Settings) -> None:
    assert not [name for name in settings.MIDDLEWARE if "axes" in name]
    with django_assert_num_queries(1):
        Client().get("/order/7K3M-Q9TX-2BDF")


def test_a_locked_logon_hashes_no_password(wim: User, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    started = time.process_time()
    log_on("wrong", name="nobody")
    hashed = time.process_time() - started
    AccessAttempt.objects.update(failures_since_start=LIMIT)
    started = time.process_time()
    assert log_on("wrong", name="nobody")[0] == 429
    assert time.process_time() - started < hashed
