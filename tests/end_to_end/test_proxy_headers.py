"""What a client says of itself counts for nothing, wherever it comes from; a proxy is believed if there is one."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.desk import TestDesk

HTTPS = {"SHOP_HTTPS": "true", "SHOP_ALLOWED_HOSTS": "desk.example.com"}
LIES = [
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Protocol": "ssl"},
    {"X-Forwarded-Ssl": "on"},
    {"X_Forwarded_Proto": "https"},
    {"Forwarded": "proto=https"},
]


class Answers(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        """Redirects are what is asked about here."""


def get(url: str, **headers: str) -> tuple[int, str]:
    """The status, and where the answer leads."""
    request = urllib.request.Request(url, headers={"Host": "desk.example.com"} | headers)
    try:
        with urllib.request.build_opener(Answers).open(request, timeout=30) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Location", "")


@contextmanager
def web(folder: Path, **settings: str) -> Iterator[str]:
    """gunicorn as in production, and no proxy before it."""
    desk = TestDesk(folder, HTTPS | settings)
    try:
        desk.start_web(processes=1, threads=2)
        yield desk.url
    finally:
        desk.kill()


@pytest.fixture(scope="module")
def direct(own_folder: Path) -> Iterator[str]:
    with web(own_folder) as url:
        yield url


@pytest.fixture(scope="module")
def behind_proxy(own_folder: Path) -> Iterator[str]:
    with web(own_folder, SHOP_BEHIND_PROXY="true") as url:
        yield url


@pytest.mark.parametrize("lie", LIES)
def test_nobody_can_say_that_he_came_by_https(direct: str, lie: dict[str, str]) -> None:
    answer = get(f"{direct}/order/7K3M-Q9TX-2BDF", **lie)
    assert answer == (301, "https://desk.example.com/order/7K3M-Q9TX-2BDF")


@pytest.mark.parametrize(
    "lie", [{"X-Forwarded-Host": "evil.example"}, {"SCRIPT_NAME": "/evil"}, {"Script-Name": "/evil"}]
)
def test_nobody_can_say_where_the_desk_is(direct: str, behind_proxy: str, lie: dict[str, str]) -> None:
    assert get(f"{direct}/order/x", **lie)[1] == "https://desk.example.com/order/x"
    assert get(f"{behind_proxy}/order/x", **lie)[1] == "https://desk.example.com/order/x"


def test_a_proxy_is_believed_where_there_is_one(behind_proxy: str) -> None:
    url = f"{behind_proxy}/admin/login/"
    assert get(url, **{"X-Forwarded-Proto": "https"}) == (200, "")
    assert get(url, **{"X-Forwarded-Proto": "http"})[0] == get(url)[0] == 301
