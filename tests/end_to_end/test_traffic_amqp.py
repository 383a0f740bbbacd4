"""manage.py traffic --amqp, on a real RabbitMQ. Who answers is a program of the test's."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import kombu
import pytest

from orders.messaging.queues import INTAKE
from shop.quickstart.ports import free_port
from tests.end_to_end.command import run, start
from tests.end_to_end.conftest import FILE
from tests.end_to_end.desk import TestDesk
from tests.servers import rabbitmq

QUEUE = kombu.Queue(INTAKE, kombu.Exchange(INTAKE, type="direct"), routing_key=INTAKE)
Answered = tuple[str, dict[str, Any]]


@pytest.fixture
def desk(own_broker: rabbitmq.RabbitMQ, filled_file: Path, tmp_path: Path) -> TestDesk:
    """Nothing of it runs; the products are there."""
    here = TestDesk(tmp_path / "var", {"SHOP_BROKER_URL": own_broker.url})
    shutil.copy(filled_file, here.var_dir / FILE)
    return here


@contextmanager
def answering(url: str, answer: Callable[[int], Answered]) -> Iterator[list[Any]]:
    """Consumes the intake; the n-th message gets the n-th answer. Yields what came."""
    came: list[Any] = []
    over = threading.Event()

    def take(body: Any, message: Any) -> None:
        kind, reply = answer(len(came))
        came.append((body, message.properties))
        to = {"routing_key": message.properties["reply_to"], "correlation_id": message.properties["correlation_id"]}
        producer.publish(reply, exchange="", type=kind, **to)
        message.ack()

    def serve() -> None:
        with connection.Consumer(QUEUE, callbacks=[take], accept=["json"]):
            ready.set()
            while not over.is_set():
                try:
                    connection.drain_events(timeout=0.1)
                except TimeoutError:
                    continue

    with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
        producer, ready = connection.Producer(), threading.Event()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        assert ready.wait(10)
        try:
            yield came
        finally:
            over.set()
            thread.join(10)


def placed(number: int) -> Answered:
    return "order.placed", {"order_num": f"NUMBER-{number}", "status": "received", "url": "x"}


def refused(number: int) -> Answered:
    return "order.refused", {"status": 400, "detail": "No.", "errors": [{"pointer": "#/x", "detail": "Odd."}]}


def test_each_order_goes_to_the_intake_and_its_answer_is_shown(desk: TestDesk, own_broker: rabbitmq.RabbitMQ) -> None:
    with answering(own_broker.url, placed) as came:
        code, lines = run(desk, "traffic", "--amqp", "--count", "3", "--every", "0", "--customers", "Ada")
    assert (code, lines[-1]) == (0, "3 placed, 0 refused")
    assert [line[10:].partition(":")[0] for line in lines[:3]] == [f"NUMBER-{n}  Ada" for n in range(3)]
    assert len({about["message_id"] for _, about in came}) == 3
    for body, about in came:
        assert body.keys() == {"customer_name", "products_ids"}
        assert (about["content_type"], about["delivery_mode"]) == ("application/json", 2)


def test_a_refusal_is_counted_in_the_desks_words(desk: TestDesk, own_broker: rabbitmq.RabbitMQ) -> None:
    with answering(own_broker.url, lambda n: (refused, placed)[n](n)):
        code, lines = run(desk, "traffic", "--amqp", "--count", "2", "--every", "0")
    assert (code, lines[-1]) == (0, "1 placed, 1 refused")
    assert "refused: 400 #/x: Odd." in lines[0]


def test_what_answers_oddly_is_no_desk(desk: TestDesk, own_broker: rabbitmq.RabbitMQ) -> None:
    with answering(own_broker.url, lambda n: ("", {})):
        code, (line,) = run(desk, "traffic", "--amqp")
    assert (code, "What answers is no order desk" in line) == (1, True)


def test_nobody_there_is_one_line(desk: TestDesk, own_broker: rabbitmq.RabbitMQ) -> None:
    code, (line,) = run(desk, "traffic", "--amqp")
    assert (code, "There is no exchange orders.intake" in line) == (1, True)
    with kombu.Connection(own_broker.url) as connection:
        QUEUE.exchange(connection.default_channel).declare()
    code, (line,) = run(desk, "traffic", "--amqp")
    assert (code, "There is no queue behind the exchange orders.intake" in line) == (1, True)
    code, (line,) = run(desk, "traffic", "--amqp", SHOP_BROKER_URL=f"amqp://desk:secret@127.0.0.1:{free_port()}//")
    assert (code, "The broker does not answer: " in line, "secret" in line) == (1, True, False)
    code, (line,) = run(desk, "traffic", "--amqp", SHOP_BROKER_URL="amqp://desk:secret@127.0.0.1;amqp://8.8.8.8")
    assert (code, "8.8.8.8 is not this machine" in line) == (1, True)
    code, (line,) = run(desk, "traffic", "--amqp", SHOP_BROKER_URL="")
    assert (code, "The embedded broker has no exchanges" in line) == (1, True)


def test_a_full_queue_is_tried_again(desk: TestDesk, own_broker: rabbitmq.RabbitMQ) -> None:
    arguments = {"x-max-length": 0, "x-overflow": "reject-publish"}
    full = kombu.Queue(INTAKE, QUEUE.exchange, routing_key=INTAKE, queue_arguments=arguments)
    with kombu.Connection(own_broker.url) as connection:
        full(connection.default_channel).declare()
        traffic = start(desk, "traffic", "--amqp")
        assert traffic.stdout
        line = traffic.stdout.readline()
        traffic.terminate()
    assert "its queue is full; again in 5 s" in line
    assert (traffic.communicate(timeout=30), traffic.returncode) == (("", ""), 0)
