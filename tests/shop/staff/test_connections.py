"""The page that tries the connections."""

import pytest
from django.test import Client

from integrations.connections import Finding
from shop.staff import connections
from tests.shop.staff.conftest import staff

URL = "/admin/integrations/connection/"


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows when connections are tried; none is."""
    calls: list[str] = []

    def pretend() -> list[Finding]:
        calls.append("all")
        return [Finding("sap", False, "refuses <us>.", "Check the password.")]

    monkeypatch.setattr(connections, "try_connections", pretend)
    return calls


def test_connections_are_tried_when_the_button_is_pressed_and_not_before(db: None, tried: list[str]) -> None:
    operations = staff("operations")
    assert "Try all connections" in operations.get(URL).text
    assert tried == []
    page = operations.post(URL).text
    assert tried == ["all"]
    assert "refuses &lt;us&gt;." in page
    assert "Check the password." in page


def test_those_who_may_not_try_connections_reach_nobody(db: None, tried: list[str]) -> None:
    assert staff("sales").post(URL).status_code == 403
    assert tried == []


def test_a_button_on_another_site_tries_nothing(db: None, tried: list[str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = staff("operations").cookies
    assert client.get(URL).status_code == 200
    assert client.post(URL).status_code == 403
    assert tried == []
