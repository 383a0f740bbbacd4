"""What a worker says when its connection to the broker is lost."""

import warnings
from typing import Any

import pytest
from amqp.exceptions import ConsumerCancelled
from celery.exceptions import CPendingDeprecationWarning
from celery.worker.consumer import Consumer as CeleryConsumer

from orders.messaging.worker import consumer as worker_consumer
from orders.messaging.worker.consumer import Consumer

DELETED = "a queue of the desk's was deleted, or its node went away"


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Consumer:
    """Celery's part of it warns of another version of itself, as Celery 5.7 does each time."""
    monkeypatch.setattr(worker_consumer.log, "propagate", True)

    def connect_anew(self: Any, exc: Exception) -> None:
        warnings.warn("In Celery 6 …", CPendingDeprecationWarning, stacklevel=2)

    monkeypatch.setattr(CeleryConsumer, "on_connection_error_after_connected", connect_anew)
    found = object.__new__(Consumer)
    found.restart_count = 1
    found._patience = worker_consumer.Patience(lambda: None)
    return found


@pytest.mark.parametrize(("error", "said"), [(ConsumerCancelled("x"), True), (ConnectionResetError(), False)])
def test_a_queue_that_was_deleted_is_named_as_the_reason(
    listener: Consumer, caplog: pytest.LogCaptureFixture, error: Exception, said: bool
) -> None:
    listener.on_connection_error_after_connected(error)
    assert (DELETED in caplog.text) is said


def test_nothing_is_said_of_another_version_of_celery(listener: Consumer) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        listener.on_connection_error_after_connected(ConnectionResetError())
    assert told == []


def test_celery_does_warn_of_it() -> None:
    """The day it stops, the filter can go."""
    from celery.worker.consumer import consumer

    assert consumer.CPendingDeprecationWarning is CPendingDeprecationWarning
    assert "CANCEL_TASKS_BY_DEFAULT" in vars(consumer)
