"""Another program that follows every order: what it got, and whether that was in sequence."""

from collections import defaultdict
from collections.abc import Mapping

import kombu
from amqp.exceptions import NotFound

EXCHANGE, QUEUE = "orders.events", "follower"


class Follower:
    """A durable queue bound to all events. It is read only when somebody asks: meanwhile the broker keeps them."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.first: defaultdict[str, list[int]] = defaultdict(list)  # each order's sequence as it came, without repeats
        self.repeats = 0
        self.missed: set[str] | None = set()  # Orders whose events went by while it had no queue; None: all so far.

    def listen(self) -> None:
        """Makes the queue if it is not there, as after the broker was emptied: what went by meanwhile it never gets."""
        with kombu.Connection(self.url) as broker:
            try:
                broker.channel().queue_declare(QUEUE, passive=True)
            except NotFound:
                self.missed = None
            channel = broker.channel()
            channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
            channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
            channel.queue_bind(QUEUE, EXCHANGE, "#")

    def read(self) -> None:
        """Takes what has come."""
        with kombu.Connection(self.url) as broker:
            channel = broker.default_channel
            while message := channel.basic_get(QUEUE):
                number, _, seq = message.properties["message_id"].partition("/")
                if int(seq) in self.first[number]:
                    self.repeats += 1
                else:
                    self.first[number].append(int(seq))
                channel.basic_ack(message.delivery_tag)

    def complaints(self, last: Mapping[str, int]) -> list[str]:
        """What is wrong, given each order's last sequence: events that never came, or came before one ahead."""
        if self.missed is None:
            self.missed = set(last) | set(self.first)
        lacking = [
            number for number in last.keys() - self.missed
            if not set(range(1, last[number] + 1)) <= set(self.first[number])
        ]  # fmt: skip
        crossed = [number for number, seqs in self.first.items() if seqs != sorted(seqs)]
        wrong = [f"{len(lacking)} orders whose follower lacks events: {lacking[:3]}"] if lacking else []
        return wrong + ([f"{len(crossed)} orders followed out of sequence: {crossed[:3]}"] if crossed else [])
