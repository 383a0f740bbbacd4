"""Where and why a message died: told by the broker, and by the worker's own rules."""

from django.conf import settings

from orders.messaging.admitted_headers import TOO_OLD, shown
from orders.messaging.letter import Letter
from orders.messaging.queues import DEAD_LETTERS

REASONS = {
    "delivery_limit": "It came back from its workers too often; each of them died or lost its connection.",
    "expired": "It was too old.",
    "maxlen": "The queue was full.",
}
NOT_FOUND_ODD = "a worker of another version, perhaps: this one finds nothing odd about it"


def queue(letter: Letter) -> str:
    """Where it came from."""
    return letter.queue or (DEAD_LETTERS if was_put_there(letter) else letter.death.get("queue") or letter.routing_key)


def reason(letter: Letter) -> str:
    """A sentence for staff."""
    if letter.queue:
        return letter.why
    if was_put_there(letter):
        return "It was put into the dead letters' queue directly."
    if was_unroutable(letter):
        return f"No queue takes messages of exchange {shown(letter.exchange)} with key {shown(letter.routing_key)}."
    said = letter.death["reason"]
    if said == "rejected":
        return f"The worker refused it: {letter.why or NOT_FOUND_ODD}."
    return REASONS.get(said) or f"The broker gave it up ({shown(said)})."


def is_stale_tick(letter: Letter) -> bool:
    """True for a periodic task that expired while all workers were busy: nothing anybody could miss."""
    if letter.queue:
        return False
    task = letter.headers.get("task")
    too_old = letter.death.get("reason") == "expired" or letter.why == TOO_OLD
    return too_old and isinstance(task, str) and task in settings.PERIODIC_TASKS


def was_put_there(letter: Letter) -> bool:
    """True for a message somebody published into the dead letters' queue or exchange: it died nowhere."""
    return not letter.death and letter.exchange in ("", DEAD_LETTERS)


def was_unroutable(letter: Letter) -> bool:
    """True for a message its exchange found no queue for."""
    return not (letter.death or letter.queue) and not was_put_there(letter)
