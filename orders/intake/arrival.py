"""A message as it arrived at `orders.intake`: a bounded copy that a process of the pool can be handed."""

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from uuid import uuid4

from orders.messaging import letter as letters
from orders.messaging.dead_letters import FIRST_USER, own_user
from orders.messaging.letter import Letter
from orders.messaging.queues import INTAKE

MOST_NAMED = 140  # characters of a user, for the order's column; a longer name is hashed


@dataclass
class Arrival:
    """`letter` is all that is kept of the message; `redelivered`: the broker brought it to somebody before.

    `unreadable` says why its properties can't be read, "" if they can. `own_key` serves a message without a message_id
    as long as this worker holds it: its process may be killed meanwhile.
    """

    letter: Letter
    redelivered: bool = False
    unreadable: str = ""
    own_key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def message_id(self) -> str | None:
        return self.letter.properties.get("message_id")

    @property
    def returned(self) -> int:
        """How often it came back from a worker: https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling"""
        count = self.letter.headers.get("x-delivery-count")
        return count if self.redelivered and type(count) is int else 0

    @property
    def user(self) -> str:
        """Whom the broker knows as the sender, if the message says it; after staff sent it again, its first sender."""
        user = self.letter.properties.get("user_id", "")
        first = self.letter.headers.get(FIRST_USER)
        return first if user and user == own_user() and isinstance(first, str) else user

    @property
    def client(self) -> str:
        """The name that orders of this sender have as their client's; "" if the message does not say who sent it."""
        if not self.user:
            return ""
        user = self.user if len(self.user) <= MOST_NAMED else blake2b(self.user.encode(), digest_size=16).hexdigest()
        return f"amqp:{user}"


def read(message: Any) -> Arrival:
    """Copies a kombu Message. Never raises, whatever is in it."""
    letter = letters.read(message)
    letter.queue = INTAKE
    unreadable = ""
    if "its properties" in letter.not_kept:
        unreadable = str(message.properties.get("unreadable") or "no plain text in UTF-8")
    return Arrival(letter, bool((message.delivery_info or {}).get("redelivered")), unreadable)
