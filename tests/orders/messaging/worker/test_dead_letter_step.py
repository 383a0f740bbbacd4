"""What a worker does with dead letters: rows, then an acknowledgement, in batches and outside its main process."""

from types import SimpleNamespace
from typing import Any

import kombu
import pytest
from celery.concurrency.solo import TaskPool
from django.db import OperationalError

from orders.messaging import dead_letters
from orders.messaging.letter import MOST_BODY
from orders.messaging.worker import inbox
from orders.messaging.worker.dead_letter_step import DeadLetters
from orders.messaging.worker.inbox import Inbox
from orders.models import DeadLetter
from tests.orders.messaging.test_letter import REJECTED
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.django_db(transaction=True)


class Channel:
    """Remembers what was acknowledged."""

    no_ack_consumers: set[str] = set()
    lost = False

    def __init__(self) -> None:
        self.acknowledged: list[tuple[int, bool]] = []

    def basic_ack(self, tag: int, multiple: bool = False) -> None:
        if self.lost:
            raise ConnectionResetError
        self.acknowledged.append((tag, multiple))


class Timer:
    def __init__(self) -> None:
        self.calls: list[tuple[float, Any]] = []

    def call_after(self, seconds: float, call: Any) -> None:
        self.calls.append((seconds, call))

    def ring(self) -> float:
        """Calls the first; returns after how many seconds it was due."""
        seconds, call = self.calls.pop(0)
        call()
        return seconds


class BusyPool:
    """Remembers its jobs."""

    def __init__(self) -> None:
        self.jobs: list[Any] = []

    def apply_async(self, function: Any, arguments: Any, **options: Any) -> None:
        self.jobs.append(SimpleNamespace(letters=arguments[0], **options))


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def letters(timer: Timer) -> Inbox:
    return Inbox(TaskPool(), timer)


def message(channel: Any, tag: int = 7, body: bytes = b"[[1], {}, {}]", **headers: Any) -> Any:
    headers = {"x-death": [REJECTED], **headers}
    info = {"exchange": "dead_letters", "routing_key": "sap"}
    return kombu.Message(
        body, tag, content_type="application/json", headers=headers, delivery_info=info, channel=channel
    )


def test_letters_that_came_together_are_rows_before_they_are_acknowledged_at_once(letters: Inbox, timer: Timer) -> None:
    channel = Channel()
    for tag in (7, 8, 9):
        letters.take(message(channel, tag))
    assert not DeadLetter.objects.exists()
    assert timer.ring() == 0.2
    assert DeadLetter.objects.count() == 3
    assert channel.acknowledged == [(9, True)]


def test_a_batch_is_bounded_in_letters_and_in_bytes_and_only_one_is_on_its_way(timer: Timer) -> None:
    letters = Inbox(pool := BusyPool(), timer)
    channel = Channel()
    for tag in range(1, 251):
        letters.take(message(channel, tag))
    assert [len(job.letters) for job in pool.jobs] == [100]
    pool.jobs[0].callback(None)
    assert [len(job.letters) for job in pool.jobs] == [100, 100]
    for tag in range(251, 271):
        letters.take(message(channel, tag, b"x" * (MOST_BODY + 1)))
    pool.jobs[1].callback(None)
    assert [len(job.letters) for job in pool.jobs] == [100, 100, 57]
    pool.jobs[2].callback(None)
    assert len(pool.jobs[3].letters) == 8
    assert channel.acknowledged == [(100, True), (200, True), (257, True)]


def test_refused_messages_are_acknowledged_one_by_one_as_their_channel_has_others(timer: Timer) -> None:
    letters, channel = Inbox(TaskPool(), timer, others=True), Channel()
    for tag in (7, 9):
        letters.refuse(message(channel, tag), "it is odd")
    assert channel.acknowledged == []
    timer.ring()
    assert channel.acknowledged == [(7, False), (9, False)]
    assert set(DeadLetter.objects.values_list("queue", "reason")) == {("sap", "The worker refused it: it is odd.")}


def test_the_body_is_let_go_as_soon_as_it_is_copied(letters: Inbox) -> None:
    letters.take(arrived := message(Channel(), body=b"x" * (MOST_BODY + 1)))
    assert (arrived.body, arrived.headers) == (b"", {})


def test_what_can_not_be_saved_stays_with_the_broker_and_is_tried_again(
    letters: Inbox, timer: Timer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("server closed the connection\n\tbefore")

    channel = Channel()
    monkeypatch.setattr(inbox.log, "propagate", True)
    with monkeypatch.context() as patch:
        patch.setattr(dead_letters, "_save", away)
        letters.take(message(channel))
        timer.ring()
    letters.take(message(channel, 8))
    letters.save()
    assert channel.acknowledged == []
    (record,) = caplog.records
    assert record.getMessage().endswith("again in 5 s: OperationalError: server closed the connection")
    assert timer.ring() == 5
    assert DeadLetter.objects.count() == 2
    assert channel.acknowledged == [(8, True)]


def test_a_connection_that_is_lost_meanwhile_is_no_trouble(timer: Timer) -> None:
    letters = Inbox(pool := BusyPool(), timer)
    channel = Channel()
    letters.take(message(channel))
    letters.save()
    letters.take(message(channel, 8))
    letters.close()
    channel.lost = True
    (job,) = pool.jobs
    job.callback(None)
    job.error_callback(SimpleNamespace(exception=OperationalError("away")))
    assert len(pool.jobs) == 1
    assert len(timer.calls) == 2  # Only those that gather.
    timer.ring()
    assert len(pool.jobs) == 1


def test_each_connection_has_an_inbox_of_its_own(timer: Timer) -> None:
    opened = SimpleNamespace(channel=lambda: SimpleNamespace(connection=None))
    consumer = SimpleNamespace(steps=[], pool=None, timer=timer, connection=opened)
    step = DeadLetters(consumer)
    step.get_consumers = lambda channel: []  # type: ignore[method-assign]
    step.start(consumer)
    first = step.inbox
    step.stop(consumer)
    step.start(consumer)
    assert first.closed
    assert not step.inbox.closed


def test_a_queue_that_somebody_deleted_is_there_again_after_its_first_returned_message(
    own_broker: RabbitMQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        dead_letters.current_app, "connection_for_write", lambda **options: kombu.Connection(own_broker.url, **options)
    )
    returned = message(None, task="shop.no_such")
    del returned.headers["x-death"]
    returned.delivery_info["exchange"] = "sap"
    dead_letters.keep(returned)
    names = {row["name"] for row in own_broker.rows("list_queues", "name")}
    assert {"sap", "marketing", "printing", "desk"} <= names
