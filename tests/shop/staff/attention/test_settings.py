"""Who is told is read once, at the start, and what could not work is refused there."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from integrations.mail.settings import MailSettings
from shop.destinations import read_settings
from shop.staff.attention.settings import EVERY, TASK, AttentionSettings, periodic
from tests.shop.staff.attention.conftest import SECRET

NO_MAIL = MailSettings(host="", sender="")
MAIL = MailSettings(host="smtp.example.com", sender="desk@example.com")


def read(monkeypatch: pytest.MonkeyPatch, **given: str) -> AttentionSettings:
    for name, value in given.items():
        monkeypatch.setenv(f"SHOP_ATTENTION_{name}", value)
    return read_settings("attention", AttentionSettings)


def test_nobody_is_told_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch)
    assert found.recipients == []
    assert periodic(found, NO_MAIL) == {}


def test_addresses_and_a_webhook_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(
        monkeypatch, MAIL="ops@example.com, night@example.com", URL="https://chat.example.com/x", SECRET=SECRET
    )
    assert found.recipients == ["night@example.com", "ops@example.com", "webhook"]
    assert SECRET not in repr(found)
    assert periodic(found, MAIL) == {TASK: EVERY}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"MAIL": "ops"}, "SHOP_ATTENTION_MAIL: it must be a bare address"),
        ({"MAIL": "Ops <ops@example.com>"}, "SHOP_ATTENTION_MAIL"),
        ({"MAIL": ",".join(f"a{number}@example.com" for number in range(21))}, "SHOP_ATTENTION_MAIL: at most 20"),
        ({"URL": "chat.example.com"}, "SHOP_ATTENTION_URL"),
        ({"URL": "https://chat.example.com"}, "SHOP_ATTENTION_SECRET"),
        ({"URL": "https://chat.example.com", "SECRET": "geheim"}, "SHOP_ATTENTION_SECRET"),
    ],
)
def test_what_could_not_work_is_refused(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said) as refused:
        read(monkeypatch, **given)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("mail", "missing"),
    [
        ({"host": "", "sender": ""}, "set SHOP_MAIL_HOST, SHOP_MAIL_SENDER"),
        ({"host": "smtp.example.com", "sender": "a@example.com", "user": "u"}, "set SHOP_MAIL_PASSWORD"),
    ],
)
def test_mails_need_a_mail_server(mail: dict[str, Any], missing: str) -> None:
    attention = AttentionSettings(mail=frozenset({"ops@example.com"}))
    with pytest.raises(ImproperlyConfigured, match=missing):
        periodic(attention, MailSettings(**mail))
