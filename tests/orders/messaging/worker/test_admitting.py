"""What the worker's consumer does with a message before Celery sees it, and with what Celery raises about it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import kombu
import pytest
from celery.concurrency.solo import TaskPool
from celery.worker.consumer import Consumer as CeleryConsumer

import integrations.sap.tasks  # noqa: F401
import orders.tasks  # noqa: F401
from orders.messaging.worker import consumer as worker_consumer
from orders.messaging.worker.consumer import Consumer
from orders.models import DeadLetter
from tests.orders.messaging.worker.test_dead_letter_step import Timer

SAP = "integrations.sap.tasks.notify_sap"
SWEEP = "orders.tasks.sweep_steps"
PAST = "2001-01-01T00:00:00Z"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()

Handler = Callable[[Any], Any]


class Channel:
    """What a message's channel was told."""

    no_ack_consumers = None

    def __init__(self) -> None:
        self.told: list[str] = []

    def basic_ack(self, tag: int, multiple: bool = False) -> None:
        self.told.append("ack")

    def basic_reject(self, tag: int, requeue: bool = True) -> None:
        self.told.append("requeue" if requeue else "reject")


def message(args: Any = (1,), key: str = "sap", **headers: Any) -> Any:
    return kombu.Message(
        json.dumps([args, {}, {}]).encode(),
        channel=Channel(),
        delivery_tag=1,
        delivery_info={"routing_key": key},
        content_type="application/json",
        content_encoding="utf-8",
        headers={"task": SAP, "id": "one", **headers},
    )


@pytest.fixture(autouse=True)
def on_a_broker(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.BROKER_EMBEDDED = False
    monkeypatch.setattr(worker_consumer.log, "propagate", True)


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch, timer: Timer) -> Callable[[Handler], Handler]:
    """The desk's handler around one that stands for Celery's."""

    def around(handle: Handler) -> Handler:
        monkeypatch.setattr(CeleryConsumer, "create_task_handler", lambda self: handle)
        consumer = Consumer.__new__(Consumer)
        consumer.connection_errors, consumer.channel_errors = (OSError,), (EOFError,)
        consumer.pool, consumer.timer = TaskPool(), timer
        return consumer.create_task_handler()

    return around


def test_the_desks_own_message_goes_on_to_celery(receiver: Any) -> None:
    """Without what would make Celery put it off, or acknowledge it undone."""
    seen: list[Any] = []
    one = message(eta=PAST, expires=TOMORROW)
    receiver(seen.append)(one)
    assert seen == [one]
    assert (one.headers["eta"], one.headers["expires"]) == (None, None)
    assert one.channel.told == []


@pytest.mark.parametrize(
    "headers", [{"id": ["x"]}, {"task": "celery.chain"}, {"expires": PAST}, {"eta": TOMORROW}, {"timelimit": [1, 2, 3]}]
)
def test_any_other_is_refused_and_celery_never_sees_it(
    receiver: Any, caplog: pytest.LogCaptureFixture, headers: dict[str, Any]
) -> None:
    seen: list[Any] = []
    one = message(key="sap\nforged line", **headers)
    receiver(seen.append)(one)
    assert seen == []
    assert one.channel.told == ["reject"]
    (record,) = caplog.records
    assert record.getMessage().startswith("refused a message with key 'sap\\nforged line': ")
    assert record.getMessage().isprintable()


def test_a_message_that_kombu_found_faulty_is_refused(receiver: Any) -> None:
    one = message()
    one.errors.append((ValueError, ValueError(), None))
    receiver(pytest.fail)(one)
    assert one.channel.told == ["reject"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("deaths", ["rejected", [7], [{"reason": []}], {}, None, [{"reason": "expired", "queue": "x"}]])
def test_a_message_that_the_broker_would_trip_over_is_a_row_before_it_is_acknowledged(
    receiver: Any, timer: Timer, deaths: Any
) -> None:
    one, other = message(**{"x-death": deaths}), message(id="")
    other.properties["unreadable"] = "ValueError"
    receive = receiver(pytest.fail)
    for each in (one, other):
        receive(each)
    assert one.channel.told == []
    timer.ring()
    assert sorted(DeadLetter.objects.values_list("queue", "reason")) == [
        ("sap", "The worker refused it: it says that it has died before (x-death)."),
        ("sap", "The worker refused it: its properties can't be read (ValueError)."),
    ]
    assert (one.channel.told, other.channel.told) == (["ack"], ["ack"])


def test_a_tick_that_is_too_old_is_missed_by_nobody(receiver: Any) -> None:
    one = message(args=[], task=SWEEP, expires=PAST)
    receiver(pytest.fail)(one)
    assert one.channel.told == ["ack"]


@pytest.mark.parametrize("error", [KeyError("id"), RecursionError(), AssertionError(), UnicodeError()])
def test_what_celery_raises_refuses_the_message(
    receiver: Any, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def handle(message: Any) -> None:
        raise error

    one = message()
    receiver(handle)(one)
    assert one.channel.told == ["reject"]
    assert f"refused a message with key 'sap': it can't be worked on ({type(error).__name__})" in caplog.messages


@pytest.mark.parametrize("error", [ConnectionResetError, EOFError])
def test_a_lost_connection_or_channel_refuses_nothing(receiver: Any, error: type[Exception]) -> None:
    def handle(message: Any) -> None:
        raise error

    one = message()
    with pytest.raises(error):
        receiver(handle)(one)
    assert one.channel.told == []


def test_what_was_acknowledged_is_not_refused_as_well(receiver: Any) -> None:
    def handle(message: Any) -> None:
        message.ack()
        raise ValueError

    one = message()
    receiver(handle)(one)
    assert one.channel.told == ["ack"]
