"""`manage.py check_integrations` logs on to the mail server, and says in words what is wrong."""

from dataclasses import replace
from typing import Any

import pytest
import trustme
from pytest_django import Settings

from integrations.connections import try_connection
from integrations.mail import tasks
from tests.integrations.mail.conftest import Start
from tests.integrations.mail.mail_server import PASSWORD, MailServer


@pytest.fixture(autouse=True)
def is_on(settings: Settings) -> None:
    settings.ENABLED_STEPS = {"mail": tasks.confirm_order.name}


def test_it_logs_on_and_sends_nothing(server: MailServer, settings: Settings) -> None:
    found = try_connection("mail")
    assert (found.ok, found.said) == (True, f"accepts our logon as desk (localhost:{server.port}, starttls)")
    assert server.seen == ["connect", "EHLO", "STARTTLS", "EHLO", "AUTH"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong"}, "refused our logon"),
        ({"ca_file": None}, "certificate could not be verified"),
        ({"host": "127.0.0.1"}, "certificate could not be verified"),
        ({"security": "tls"}, "speaks no TLS here"),
        ({"host": "no-such-host.invalid"}, "name is not known"),
        ({"port": 9}, "can't be reached"),
    ],
)
def test_it_says_what_is_wrong(server: MailServer, settings: Settings, change: dict[str, Any], said: str) -> None:
    settings.MAIL = replace(settings.MAIL, **change)
    found = try_connection("mail")
    assert not found.ok
    assert said in found.said
    assert "SHOP_MAIL_" in f"{found.said} {found.what_to_do}"
    assert PASSWORD not in str(found)


def test_a_password_is_not_sent_to_a_server_without_tls(start: Start) -> None:
    server = start(tls=None)
    assert "offers no STARTTLS" in try_connection("mail").said
    assert "AUTH" not in server.seen


def test_a_server_without_logons_is_told(start: Start) -> None:
    start(logon=False)
    assert "offers no logon" in try_connection("mail").said


def test_another_authoritys_certificate_is_refused(server: MailServer, settings: Settings, tmp_path: Any) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    settings.MAIL = replace(settings.MAIL, ca_file=tmp_path / "other.pem")
    assert "certificate could not be verified" in try_connection("mail").said
