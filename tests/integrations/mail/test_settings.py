"""What can be set, and what goes only together."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from integrations.mail.settings import MailSettings
from shop.destinations import read_settings, refuse_missing


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> MailSettings:
    for name, value in variables.items():
        monkeypatch.setenv(f"SHOP_MAIL_{name}", value)
    return read_settings("mail", MailSettings)


def test_host_and_sender_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, HOST="mail.example.com", SENDER="orders@bücher.example")
    assert (found.port, found.security, found.domain) == (587, "starttls", "xn--bcher-kva.example")
    refuse_missing(["mail"], {"mail": found})


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, USER="desk")
    with pytest.raises(ImproperlyConfigured, match="SHOP_MAIL_HOST, SHOP_MAIL_PASSWORD, SHOP_MAIL_SENDER"):
        refuse_missing(["mail"], {"mail": found})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_server_on_this_machine_may_go_without_tls(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert read(monkeypatch, HOST=host, SECURITY="none").security == "none"


def test_any_other_may_only_if_somebody_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="SHOP_MAIL_UNENCRYPTED=true"):
        read(monkeypatch, HOST="mail.lan", SECURITY="none")
    assert read(monkeypatch, UNENCRYPTED="true").security == "none"


def test_the_password_stands_on_no_debug_page(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "s3cret" not in repr(read(monkeypatch, HOST="mail.example.com", PASSWORD="s3cret"))


@pytest.mark.parametrize(
    "host", ["mail..example", f"{'a' * 64}.example", ".example", "smtp://mail.example", "mail.example/"]
)
def test_a_host_that_no_network_has_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"SHOP_MAIL_HOST.*like smtp.example.com"):
        read(monkeypatch, HOST=host)
