"""What an HTTP status means, and when to come again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from integrations.http.failures import retry_after, status_failure
from orders.steps import LogonRefused, Permanent, StepError, Temporary


def answered(status: int, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    return response


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Permanent),
        (401, LogonRefused),
        (403, Permanent),
        (404, Permanent),
        (407, LogonRefused),
        (408, Temporary),
        (422, Permanent),
        (423, Temporary),
        (429, Temporary),
        (500, Temporary),
        (503, Temporary),
    ],
)
def test_each_status_has_its_meaning(status: int, kind: type[StepError]) -> None:
    assert type(status_failure("Marketing", answered(status), "")) is kind


def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert retry_after(answered(503, **{"Retry-After": "120"})) == timedelta(minutes=2)
    later = retry_after(answered(503, **{"Retry-After": in_an_hour}))
    assert later is not None
    assert timedelta(minutes=59) < later < timedelta(minutes=61)
    assert retry_after(answered(503, **{"Retry-After": "soon"})) is None
    assert retry_after(answered(503)) is None


def test_a_retry_after_of_any_length_is_no_crash() -> None:
    assert retry_after(answered(503, **{"Retry-After": "9" * 30})) == timedelta(seconds=10**8)
    assert retry_after(answered(503, **{"Retry-After": "9" * 6000})) == timedelta(seconds=10**8)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "-30",
        "1.5",
        "3600, 3600",
        "Sat, 31 Dec 99999 23:59:59 GMT",
        "Sat, 28 Nov 2026 25:00:00 GMT",
        "Sat, 28 Nov 2026 10:00:00 +99999999999999999999",
        "99999999999999999999 Dec 31 00:00 2026",
        "2026-11-28T10:00:00Z",
        "\u0000",
    ],
)
def test_a_retry_after_that_says_nothing_is_none(value: str) -> None:
    assert retry_after(answered(503, **{"Retry-After": value})) is None


def test_a_time_that_is_over_is_now() -> None:
    assert retry_after(answered(503, **{"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"})) == timedelta(0)
