"""What nobody could work on is kept, says why, and can be sent again."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from kombu import Message

import integrations.sap.tasks  # noqa: F401 - a worker knows this task
from orders.messaging import dead_letters
from orders.messaging.message import Message as Outgoing
from orders.models import DeadLetter

SAP = "integrations.sap.tasks.notify_sap"


def letter(body: bytes = b"[[1], {}, {}]", death: dict[str, Any] | None = None, **headers: Any) -> Any:
    """A message as it comes out of the dead letters' queue."""
    if death is not None:
        headers["x-death"] = [death]
    info = {"exchange": "sap", "routing_key": "sap"}
    return Message(body=body, headers=headers, content_type="application/json", delivery_info=info)


REJECTED = {"reason": "rejected", "queue": "sap"}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (letter(death=REJECTED), "it names no task"),
        (letter(death=REJECTED, task="shop.no_such"), "there is no task 'shop.no_such'"),
        (letter(b"\xff{", death=REJECTED, task=SAP), "its body is no JSON"),
        (letter(b'[["x"], {}, {}]', death=REJECTED, task=SAP), "its arguments are not ids"),
        (letter(death={"reason": "delivery_limit", "queue": "sap"}, task=SAP), "came back from its workers too often"),
        (letter(task=SAP), "No queue takes messages of exchange 'sap' with key 'sap'"),
    ],
)
def test_a_dead_letter_says_why_it_died(db: None, message: Any, words: str) -> None:
    kept = dead_letters.keep(message)
    assert words in DeadLetter.objects.get(pk=kept.pk).reason
    assert kept.queue == "sap"


def test_the_body_is_kept_as_it_came(db: None) -> None:
    kept = dead_letters.keep(letter(b"\xff\x00{", death=REJECTED, task=SAP))
    assert bytes(DeadLetter.objects.get(pk=kept.pk).body) == b"\xff\x00{"


def test_what_is_too_long_for_a_row_is_cut(db: None) -> None:
    kept = dead_letters.keep(letter(death=REJECTED, task="t" * 9_000))
    saved = DeadLetter.objects.get(pk=kept.pk)
    assert saved.reason == "The worker refused it: there is no task '" + "t" * 459
    assert saved.task == "t" * 255


def test_headers_that_are_no_json_are_kept_as_text(db: None) -> None:
    kept = dead_letters.keep(letter(death=REJECTED, task=SAP, odd=b"\x00\x01", null="a\x00b"))
    assert "odd" in DeadLetter.objects.get(pk=kept.pk).headers


def test_only_an_expired_periodic_task_is_nothing_to_keep() -> None:
    expired = {"reason": "expired", "queue": "desk"}
    assert dead_letters.is_stale_tick(letter(death=expired, task="orders.tasks.sweep_steps"))
    assert not dead_letters.is_stale_tick(letter(death=expired, task=SAP))
    assert not dead_letters.is_stale_tick(letter(death=REJECTED, task="orders.tasks.sweep_steps"))


def test_a_letter_is_sent_again_to_the_queue_it_came_from(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = dead_letters.keep(letter(death=REJECTED, task=SAP))
    sent: list[Outgoing] = []
    monkeypatch.setattr(dead_letters, "own_connection", lambda: SimpleNamespace(publish=sent.extend))
    dead_letters.send_again(kept, by="anna")
    (message,) = sent
    assert json.loads(message.body) == [[1], {}, {}]
    assert message.options["headers"]["task"] == SAP
    assert (message.options["exchange"], message.options["routing_key"]) == ("sap", "sap")
    assert message.options["delivery_mode"] == 2
    kept.refresh_from_db()
    assert (kept.sent_again_by, kept.sent_again_at is not None) == ("anna", True)
