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
