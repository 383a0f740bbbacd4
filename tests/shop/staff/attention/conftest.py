"""Operators with a real mail server and a real web server, causes, and time that passes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db.models import F
from pytest_django import Settings

from integrations.mail.settings import MailSettings
from orders.models import Attention, Notice
from shop.staff.attention.settings import AttentionSettings
from tests.integrations.mail.mail_server import MailServer
from tests.integrations.receiver import Receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(frozen=True)
class Found:
    """A cause as `needs()` finds it."""

    key: str = "parked:sap"
    sentence: str = "sap: 3 steps are parked. Material MAT-0034 is unknown."
    count: int = 3
    severity: str = "act"
    url: str = "/admin/orders/step/?state__exact=parked"


def pass_time(time: timedelta) -> None:
    """All that was written down is so much longer ago."""
    past = {name: F(name) - time for name in ("first_seen", "last_seen", "last_told", "gone_at", "mended_at")}
    Attention.objects.update(**past)
    Notice.objects.update(created_at=F("created_at") - time, due_at=F("due_at") - time, sent_at=F("sent_at") - time)


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[MailServer]:
    """Two operators are told by it."""
    server = MailServer(logon=False)
    settings.MAIL = MailSettings(host="127.0.0.1", port=server.port, security="none", sender="desk@shop.example")
    settings.ATTENTION = AttentionSettings(mail=frozenset({"ops@shop.example", "night@shop.example"}))
    yield server
    server.close()


@pytest.fixture
def hook(settings: Settings) -> Iterator[Receiver]:
    """A program of the operators' own is told."""
    receiver = Receiver()
    settings.ATTENTION = AttentionSettings(url=f"{receiver.url}/attention", secret=SECRET)
    yield receiver
    receiver.close()
