"""Another program that follows the orders."""

from typing import Any

import kombu

from orders.messaging.queues import EVENTS, EVENTS_EXCHANGE
from tests.servers.rabbitmq import RabbitMQ


class Follower:
    """A queue of another program, bound to all events unless told otherwise."""

    def __init__(self, broker: RabbitMQ, name: str, keys: str | None = "#", arguments: Any = None) -> None:
        self.broker, self.name = broker, name
        with kombu.Connection(broker.url) as opened:
            channel = opened.default_channel
            EVENTS_EXCHANGE(channel).declare()
            channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
            if keys:
                channel.queue_bind(name, EVENTS, keys)

    def messages(self) -> list[Any]:
        """All that it got, taken from the queue."""
        with kombu.Connection(self.broker.url) as opened:
            simple = kombu.Queue(self.name)(opened.default_channel)
            return list(iter(lambda: simple.get(no_ack=True), None))

    def ids(self) -> list[str]:
        return [message.properties["message_id"] for message in self.messages()]
