"""RabbitMQ's management page, where it is something else than that."""

import time

import pytest
from pytest_django import Settings

from orders.messaging import management
from orders.messaging.management import NotTold
from tests.printing.silent_printer import silent_printers


@pytest.mark.parametrize("kind", ["drips", "says_nothing"])
def test_a_page_that_never_ends_is_given_up(settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A byte now and then kept each single read within its bound, and the question was never answered."""
    monkeypatch.setattr(management, "LONGEST", 0.3)
    with silent_printers(kind) as (page,):
        settings.BROKER_MANAGEMENT_URL = page.url.replace("ipp:", "http:")
        settings.BROKER_URL = "amqp://desk:secret@127.0.0.1:1/desk"
        began = time.monotonic()
        with pytest.raises(NotTold, match="longer than"):
            management.ask()
    assert time.monotonic() - began < 10
