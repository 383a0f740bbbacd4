"""What nobody could work on is kept, says why, and can be sent again."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import DataError, OperationalError, ProgrammingError
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from kombu import Message

import orders.tasks  # noqa: F401 - a worker knows these tasks
from orders.messaging import dead_letters, declaring
from orders.messaging.letter import Letter, read
from orders.messaging.message import Message as Outgoing
from orders.models import DeadLetter
from tests.orders.messaging.test_letter import REJECTED, SAP, anything, letter

TICK = "orders.tasks.sweep_steps"
LONG_AGO = "2001-01-01T00:00:00Z"


def kept(message: Any) -> DeadLetter:
    dead_letters.keep(message)
    return DeadLetter.objects.get()


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (letter(death=REJECTED), "it names no task"),
        (letter(death=REJECTED, task="shop.no_such", id="1"), "there is no task 'shop.no_such'"),
        (letter(b"\xff{", death=REJECTED, task=SAP, id="1"), "its body is no JSON"),
        (letter(b'[["x"], {}, {}]', death=REJECTED, task=SAP, id="1"), "its arguments are not ids"),
        (letter(death=REJECTED, task=SAP, id="1", eta="soon"), "its header 'eta' is no date: 'soon'"),
        (letter(death=REJECTED, task=SAP, id="1"), "this one finds nothing odd about it"),
        (letter(death={"reason": "delivery_limit", "queue": "sap"}, task=SAP), "came back from its workers too often"),
        (letter(death={"reason": "stolen", "queue": "sap"}, task=SAP), "The broker gave it up ('stolen')"),
        (letter(task=SAP), "No queue takes messages of exchange 'sap' with key 'sap'"),
    ],
)
def test_a_dead_letter_says_why_it_died(db: None, message: Any, words: str) -> None:
    row = kept(message)
    assert words in row.reason
    assert row.queue == "sap"


@pytest.mark.parametrize("exchange", ["", "dead_letters"])
@pytest.mark.parametrize("headers", [{}, {"x-death": "rejected"}, {"x-death": [{"queue": "sap"}]}])
def test_what_was_put_there_directly_says_so(db: None, exchange: str, headers: dict[str, Any]) -> None:
    info = {"exchange": exchange, "routing_key": "sap"}
    row = kept(Message(body=b"x", headers=headers, delivery_info=info))
    assert row.reason == "It was put into the dead letters' queue directly."
    assert row.queue == "dead_letters"


@pytest.mark.parametrize("reason", ["expired", "delivery_limit"])
def test_a_made_up_death_drops_nothing_and_tells_no_lie_of_what_no_queue_took(db: None, reason: str) -> None:
    """Any program that may send orders can do this: with another key."""
    info = {"exchange": "orders.intake", "routing_key": "other"}
    row = kept(
        Message(body=b"x", headers={"task": TICK, "x-death": [{"reason": reason, "queue": "sap"}]}, delivery_info=info)
    )
    assert row.reason == "No queue takes messages of exchange 'orders.intake' with key 'other'."
    assert row.queue == "other"


def test_the_body_is_kept_as_it_came(db: None) -> None:
    assert bytes(kept(letter(b"\xff\x00{", death=REJECTED, task=SAP)).body) == b"\xff\x00{"


def test_what_is_too_long_for_a_row_is_cut(db: None) -> None:
    message = letter(death=REJECTED, task="t" * 9_000)
    message.content_encoding = "e" * 65
    row = kept(message)
    assert row.reason == "The worker refused it: the name of its task is no plain text."
    assert (row.task, row.content_encoding) == ("t" * 255, "e" * 64)
    assert row.not_kept == "its content encoding"


@hypothesis(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(anything())
def test_whatever_it_is_it_becomes_a_row(db: None, anything: Letter) -> None:
    before = DeadLetter.objects.count()
    dead_letters.keep_all([anything])
    row = DeadLetter.objects.all()[0]
    assert DeadLetter.objects.count() == before + 1
    assert "No row could hold" not in row.reason
    assert row.headers.keys() == anything.headers.keys()


def test_a_letter_that_no_row_can_hold_holds_up_no_other_and_says_what_is_missing(db: None) -> None:
    odd = read(letter(task="odd"))
    odd.headers = {"lone": "\ud800", "null": "a\0b"}  # As if they had not been looked through.
    odd.content_type = "\ud800"
    dead_letters.keep_all([read(letter(task="one")), odd, read(letter(task="two"))])
    first, row, last = DeadLetter.objects.order_by("pk")
    assert (first.task, last.task) == ("one", "two")
    assert row.reason.startswith("No row could hold its headers (")
    assert (bytes(row.body), row.queue, row.headers) == (b"[[1], {}, {}]", "sap", {})
    with pytest.raises(dead_letters.NotWhole, match="its headers and properties"):
        dead_letters.send_again(row, by="anna")


@pytest.mark.parametrize("error", [OperationalError("server closed the connection"), ProgrammingError("no table")])
def test_a_database_that_takes_no_row_is_waited_for(
    db: None, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(DeadLetter, "save", away)
    monkeypatch.setattr(DeadLetter.objects, "bulk_create", away)
    with pytest.raises(type(error)):
        dead_letters.keep_all([read(letter())])
    assert not DeadLetter.objects.exists()


def test_a_limit_of_the_database_is_the_rows_own_fault(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    error = OperationalError("statement too complex")
    error.__cause__ = Exception()
    error.__cause__.pgcode = "54001"  # type: ignore[attr-defined]
    assert dead_letters._is_the_rows_fault(error)
    assert dead_letters._is_the_rows_fault(DataError("NUL"))
    assert not dead_letters._is_the_rows_fault(OperationalError("server closed the connection"))


def test_only_an_expired_periodic_task_is_nothing_to_keep(db: None) -> None:
    expired = {"reason": "expired", "queue": "desk"}
    nothing = [letter(death=expired, task=TICK), letter(b"[[], {}, {}]", REJECTED, task=TICK, id="1", expires=LONG_AGO)]
    dead_letters.keep_all([read(message) for message in nothing])
    assert not DeadLetter.objects.exists()
    something = [
        letter(death=expired, task=SAP),
        letter(death=REJECTED, task=SAP, id="1", expires=LONG_AGO),
        letter(death=REJECTED, task=TICK),
        letter(death=expired, task=["a list"]),
        letter(task=TICK, expires=LONG_AGO),
    ]
    dead_letters.keep_all([read(message) for message in something])
    assert DeadLetter.objects.count() == len(something)


def test_many_unroutable_letters_have_the_queues_declared_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    declared: list[bool] = []
    monkeypatch.setattr(declaring, "declare_all", lambda: declared.append(True))
    dead_letters.keep_all([read(letter(death=REJECTED))])
    assert declared == []
    dead_letters.keep_all([read(letter(task=SAP)) for _ in range(5)])
    assert declared == [True]


def test_a_broker_that_declares_nothing_does_no_harm(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(dead_letters.current_app, "connection_for_write", refuse)
    dead_letters.keep_all([read(letter(task=SAP))])
    assert DeadLetter.objects.count() == 1


def test_old_letters_are_deleted_a_bounded_number_a_round(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "MOST_PRUNED", 3)
    dead_letters.keep_all([read(letter(task=str(number))) for number in range(6)])
    old = timezone.now() - settings.DEAD_LETTER_AGE - timedelta(minutes=1)
    DeadLetter.objects.exclude(task="5").update(arrived_at=old)
    assert [dead_letters.prune(), dead_letters.prune(), dead_letters.prune()] == [3, 2, 0]
    assert DeadLetter.objects.get().task == "5"


def test_a_letter_is_sent_again_to_the_queue_it_came_from(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    row = kept(letter(death=REJECTED, task=SAP))
    sent: list[Outgoing] = []
    monkeypatch.setattr(dead_letters, "own_connection", lambda: SimpleNamespace(publish=sent.extend))
    dead_letters.send_again(row, by="anna")
    (message,) = sent
    assert json.loads(message.body) == [[1], {}, {}]
    assert message.options["headers"]["task"] == SAP
    assert (message.options["exchange"], message.options["routing_key"]) == ("sap", "sap")
    assert message.options["delivery_mode"] == 2
    row.refresh_from_db()
    assert (row.sent_again_by, row.sent_again_at is not None) == ("anna", True)


def test_a_letter_that_is_sent_again_goes_into_no_queue_that_its_headers_name(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker would put it there, with the desk's rights, which its sender has not."""
    copies = {"CC": ["desk"], "BCC": ["printing"]}
    row = kept(letter(death=REJECTED, task=SAP, CC=["desk"], BCC=["printing"]))
    assert row.headers.items() >= copies.items()
    sent: list[Outgoing] = []
    monkeypatch.setattr(dead_letters, "own_connection", lambda: SimpleNamespace(publish=sent.extend))
    dead_letters.send_again(row, by="anna")
    (message,) = sent
    assert not copies.keys() & message.options["headers"].keys()
    assert message.options["headers"]["task"] == SAP
