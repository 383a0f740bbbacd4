"""Orders over AMQP, from a message to an order and an answer: a real RabbitMQ, a real worker, a real PostgreSQL."""

from collections.abc import Callable
from typing import Any

import amqp
import pytest

from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import wait_for
from tests.orders.intake.conftest import ORDER, Orders, Program, wait_until_listening
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.timeout(180)


def test_an_order_is_placed_answered_and_worked_on_as_any_other(orders: Orders, other: Program) -> None:
    queue = other.listen()
    other.send(message_id="one", reply_to=queue, correlation_id="mine")
    kind, body, message = other.answer()
    number = body["order_num"]
    assert (kind, body) == ("order.placed", {"order_num": number, "status": "received", "url": f"/order/{number}"})
    assert message.properties["correlation_id"] == "mine"
    assert message.properties["content_type"] == "application/json"
    orders.desk.wait_until_processed(number)
    orders.wait_until_empty()
    assert orders.letters() == []
    # The same once more, as after a restart between the commit and the answer; then another body.
    other.send(message_id="one", reply_to=queue)
    assert other.answer()[1] == body
    other.send(ORDER | {"products_ids": [2]}, message_id="one", reply_to=queue)
    kind, problem, message = other.answer()
    assert (kind, problem["status"]) == ("order.refused", 422)
    assert message.properties["content_type"] == "application/problem+json"
    ((where, reason, kept, properties),) = orders.wait_for_letters(1)
    assert (where, kept) == ("orders.intake", problem)
    assert reason.startswith("The order was refused (422 ")
    assert properties == {"message_id": "one", "reply_to": queue}
    orders.wait_until_empty()
    assert orders.count() == 1


def test_answers_go_where_they_may_and_never_into_a_queue_of_the_desk(orders: Orders, other: Program) -> None:
    for number, queue in enumerate(("sap", "desk", "dead_letters", "orders.intake", "nowhere")):
        other.send(message_id=str(number), reply_to=queue)
    orders.wait_for_orders(5)
    direct = other.listen("amq.rabbitmq.reply-to")
    other.send(message_id="direct", reply_to=direct, correlation_id="c")
    kind, body, message = other.answer()
    assert (kind, message.properties["correlation_id"]) == ("order.placed", "c")
    orders.desk.wait_until_processed(body["order_num"])
    orders.wait_until_empty()
    assert orders.letters() == []
    (worker,) = orders.desk.workers()
    told = worker.log.read_text(errors="replace")
    for queue in ("sap", "desk", "dead_letters", "orders.intake"):
        assert f"wants its answer in '{queue}', a queue of the desk: not answered" in told
    assert told.count("an order over AMQP is not answered: no queue 'nowhere' takes it") == 1
    assert told.count("is not answered: ") == 1
    assert "Traceback" not in told


def test_a_message_without_an_id_is_placed_unless_somebody_had_it_before(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ, other: Program
) -> None:
    orders = Orders(open_desk(floor), own_broker)
    wait_until_listening(orders)
    orders.desk.processes.pop("worker1").stop()
    other.send(ORDER | {"note": "before"})
    taken = wait_for(lambda: other.channel.basic_get("orders.intake"), "the message was there")
    other.channel.basic_reject(taken.delivery_tag, requeue=True)
    other.send(ORDER | {"note": "new"})
    orders.desk.start_worker("worker2")
    ((_, reason, problem, _),) = orders.wait_for_letters(1)
    assert "may have been placed" in reason
    assert problem["status"] == 409
    orders.wait_for_orders(1)
    assert orders.query("SELECT note FROM orders_order") == [("new",)]
    orders.wait_until_empty()


def test_every_worker_takes_orders_whatever_queues_it_has(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ, other: Program
) -> None:
    orders = Orders(open_desk(floor), own_broker)
    orders.desk.processes.pop("worker1").stop()
    orders.desk.start_worker("worker2", "-Q", "sap", "--concurrency", "1")
    wait_until_listening(orders)
    other.send(message_id="one")
    orders.wait_for_orders(1)


def test_a_desk_that_takes_no_orders_over_amqp_makes_no_queue_for_them(
    open_desk: OpenDesk, floor: dict[str, str], own_broker: RabbitMQ
) -> None:
    desk = open_desk(floor | {"SHOP_INTAKE": "false"})
    desk.wait_until_processed(desk.post())
    assert "orders.intake" not in {row["name"] for row in own_broker.rows("list_queues", "name")}


def test_an_outside_user_may_send_orders_and_read_its_own_queues_and_nothing_else(
    orders: Orders, outside: Callable[[], Any], own_broker: RabbitMQ
) -> None:
    with outside() as program:
        direct = program.listen("amq.rabbitmq.reply-to")
        program.send(message_id="one", reply_to=direct, user_id=program.user)
        assert program.answer()[0] == "order.placed"
    orders.wait_for_orders(1)

    def publish(exchange: str, key: str) -> Callable[[Program], None]:
        return lambda program: program.send(exchange=exchange, key=key)

    forbidden: dict[str, Callable[[Program], Any]] = {
        "into SAP's exchange": publish("sap", "sap"),
        "into SAP's queue": publish("", "sap"),
        "into the desk's queue": publish("", "desk"),
        "into the intake's queue": publish("", "orders.intake"),
        "to the dead letters": publish("dead_letters", "x"),
        "to the workers' remote control": publish("celery.pidbox", "x"),
        "a queue": lambda program: program.channel.queue_declare("mine"),
        "an exchange": lambda program: program.channel.exchange_declare("mine", "direct"),
        "reading orders": lambda program: program.channel.basic_consume("orders.intake"),
        "taking one": lambda program: program.channel.basic_get("sap"),
        "emptying": lambda program: program.channel.queue_purge("orders.intake"),
        "binding": lambda program: program.channel.queue_bind("sap", "orders.intake", "x"),
    }
    for attempt in forbidden.values():
        with outside() as program, pytest.raises(amqp.AccessRefused):
            attempt(program)
    with outside() as program, pytest.raises(amqp.PreconditionFailed, match="user_id"):
        program.send(message_id="two", user_id="desk")
    orders.wait_until_empty()
    assert orders.letters() == []


SEND_AGAIN = (
    "from orders.messaging import dead_letters; from orders.models import DeadLetter;"
    " [dead_letters.send_again(letter, by='boss') for letter in DeadLetter.objects.all()]"
)


def test_a_refused_order_that_staff_send_again_is_still_its_senders(
    orders: Orders, outside: Callable[[], Any], other: Program
) -> None:
    with outside() as program:
        own = {"message_id": "one", "user_id": program.user}
        answers = f"{program.user}.answers"
        other.channel.queue_declare(answers, durable=True, auto_delete=False)  # As an operator does.
        program.consume(answers)
        orders.execute("UPDATE orders_product SET active = false WHERE id = 2")
        program.send(**own, reply_to=answers, correlation_id="c")
        kind, problem, _ = program.answer()
        assert kind == "order.refused"
        assert [error["pointer"] for error in problem["errors"]] == ["#/products_ids/0"]
        orders.execute("UPDATE orders_product SET active = true WHERE id = 2")
        orders.wait_for_letters(1)
        orders.desk.manage("shell", "-c", SEND_AGAIN)
        kind, placed, message = program.answer()
        assert (kind, message.properties["correlation_id"]) == ("order.placed", "c")
        program.send(**own, reply_to=answers)
        assert program.answer()[1] == placed
    orders.wait_until_empty()
    assert orders.count() == 1
