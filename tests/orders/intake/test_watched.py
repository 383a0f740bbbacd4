"""What operators see of an order that another program sent: its message's id in the log, a trace of its own."""

import json
from typing import Any

import pytest

from shop.quickstart.processes import Process
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import wait_for
from tests.orders.intake.conftest import Orders, Program, wait_until_listening
from tests.servers.collector import collector
from tests.servers.rabbitmq import RabbitMQ

MESSAGE = "wholesale-7716"


def attempts(worker: Process) -> list[dict[str, Any]]:
    lines = (json.loads(line) for line in worker.log.read_text().splitlines())
    return [line for line in lines if "attempt" in line]


@pytest.mark.timeout(180)
def test_its_attempts_have_the_messages_id_in_the_log_and_a_link_to_its_trace(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ, other: Program
) -> None:
    with collector() as there:
        desk = open_desk({**floor, "SHOP_LOG_FORMAT": "json", "SHOP_TRACES_URL": there.url})
        wait_until_listening(Orders(desk, own_broker))
        queue = other.listen()
        other.send(message_id=MESSAGE, reply_to=queue)
        number = other.answer()[1]["order_num"]
        desk.wait_until_processed(number)
        worker = desk.processes["worker1"]
        wait_for(lambda: len(attempts(worker)) == 3, "each attempt has its line")
        assert {(line["order"], line["request_id"]) for line in attempts(worker)} == {(number, MESSAGE)}
        wait_for(lambda: len(there.named("step ")) == 3, "each attempt has its span")
        (taken,) = wait_for(lambda: there.named("process orders.intake"), "so has the message")
        assert (taken.about["desk.order"], taken.error) == (number, None)
        assert [span.links for span in there.named("step ")] == [[(taken.trace, taken.span)]] * 3
        assert len({span.trace for span in there.spans}) == 4
