"""Dead letters: sent again after a question."""

import pytest
from django.test import Client

from orders.models import DeadLetter
from tests.shop.staff.conftest import act


def test_a_dead_letter_is_sent_again_after_asking_and_the_brokers_refusal_is_told(
    boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = DeadLetter.objects.create(queue="sap", reason="Broken.", body=b"x")
    sent: list[tuple[int, str]] = []
    monkeypatch.setattr("orders.messaging.dead_letters.send_again", lambda letter, by: sent.append((letter.pk, by)))
    assert "Yes, send 1 message again" in act(boss, "orders/deadletter", "send_again", letter).text
    assert sent == []
    assert "1 message sent again" in act(boss, "orders/deadletter", "send_again", letter, confirmed="yes").text
    assert sent == [(letter.pk, "boss")]

    def refuse(letter: DeadLetter, by: str) -> None:
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr("orders.messaging.dead_letters.send_again", refuse)
    assert "no broker" in act(boss, "orders/deadletter", "send_again", letter, confirmed="yes").text
