"""Exchanges and queues on RabbitMQ. Each destination has one of each, by its name; the rest is here."""

from kombu import Exchange, Queue

DESK = "desk"  # Housekeeping. Not `orders`: other programs declare that name, with other arguments.
DEAD_LETTERS = "dead_letters"
INTAKE = "orders.intake"  # Other programs' orders: orders/intake.
EVENTS = "orders.events"  # The exchange by which other programs follow the orders.

# After five returned deliveries (a message that kills its worker) the broker moves a message to the dead letters;
# at-least-once needs reject-publish. https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
QUEUE_ARGUMENTS = {
    "x-queue-type": "quorum",
    "x-delivery-limit": 5,
    "x-dead-letter-exchange": DEAD_LETTERS,
    "x-dead-letter-strategy": "at-least-once",
    "x-overflow": "reject-publish",
}

# What becomes of messages that somebody else takes out of a queue that is none of steps, in words.
LOST_TO_OTHERS = {
    INTAKE: "is lost: orders that their senders think are placed",
    DEAD_LETTERS: "is kept nowhere",
}

# No alternate exchange: that nobody listens is no fault.
EVENTS_EXCHANGE = Exchange(EVENTS, type="topic", durable=True)


def work_queue(name: str) -> Queue:
    """A durable quorum queue behind an exchange of its own; what the exchange can't route becomes a dead letter."""
    exchange = Exchange(name, type="direct", arguments={"alternate-exchange": DEAD_LETTERS})
    return Queue(name, exchange, routing_key=name, queue_arguments=QUEUE_ARGUMENTS)


# Anybody who has the right may put anything into this queue. So the broker makes no dead letters of it, over which
# RabbitMQ 3.10 could trip (`worker.consumer.trips_the_broker`), and never gives up a message by itself (4.0 would after
# twenty deliveries): the desk does both (orders/intake/reception.py).
INTAKE_ARGUMENTS = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000_000, "x-overflow": "reject-publish"}


def intake_queue() -> Queue:
    """As a work queue, for messages of other programs."""
    exchange = Exchange(INTAKE, type="direct", arguments={"alternate-exchange": DEAD_LETTERS})
    return Queue(INTAKE, exchange, routing_key=INTAKE, queue_arguments=INTAKE_ARGUMENTS)


def dead_letter_queue() -> Queue:
    """Where messages nobody could work on end: always consumed into rows, by every worker."""
    exchange = Exchange(DEAD_LETTERS, type="fanout")
    return Queue(DEAD_LETTERS, exchange, queue_arguments={"x-queue-type": "quorum"})
