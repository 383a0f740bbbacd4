"""A broker that never answers when a queue is declared: the worker connects anew, long before the broker notices."""

import pytest

from tests.end_to_end.conftest import OpenDesk
from tests.servers import proxy
from tests.servers.rabbitmq import RabbitMQ

DECLARED = b"\x00\x32\x00\x0b\x04desk"  # queue.declare-ok, and the name of the queue: AMQP 0-9-1, 1.7.2.2


@pytest.mark.timeout(180)
def test_a_worker_whose_declaration_is_lost_connects_anew(
    open_desk: OpenDesk, database_url: str, own_broker: RabbitMQ
) -> None:
    """It is ready after 10 s: the broker itself would close the connection after a minute, and a frozen one never."""
    with proxy.to(own_broker.port) as way:
        way.swallow(DECLARED)
        floor = {"SHOP_DATABASE_URL": database_url, "SHOP_BROKER_URL": own_broker.url_at(way.port)}
        desk = open_desk(floor)
        assert way.swallowed
        desk.wait_until_processed(desk.post())
        (worker,) = desk.workers()
        told = worker.log.read_text()
        assert worker.running
        assert "the broker did not answer a request in 10 s" in told, told[-4000:]
