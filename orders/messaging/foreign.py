"""A queue or exchange under one of the desk's names that is somebody else's: the broker's words, and what to do.

Error codes: https://www.rabbitmq.com/amqp-0-9-1-reference#constants
"""

import re

from amqp.exceptions import AccessRefused, AMQPError, PreconditionFailed, ResourceLocked

PIDBOX = ".celery.pidbox"  # The queue of a worker's remote control is called by the worker's name, and this.
WHAT = re.compile(r"(queue|exchange) '([^']*)'")
DIFFERENCE = re.compile(r"inequivalent arg '([^']*)'.*?received (?:the value )?(.*?) but current is (.*)", re.DOTALL)
YOURS = "Delete it or call it something else there, or give the desk a virtual host of its own (SHOP_BROKER_URL)"


def explain(error: BaseException) -> str | None:
    """One line on what is in the desk's way; None if the error is of another kind (it may be gone next time)."""
    kinds = (AccessRefused, PreconditionFailed, ResourceLocked)
    found = WHAT.search(str(error)) if isinstance(error, kinds) else None
    if not found or not isinstance(error, AMQPError):
        return None
    what, said = f"{found[1]} {found[2]!r}", " ".join(str(error.reply_text).split())
    if is_name_taken(error):
        name = found[2].removesuffix(PIDBOX)
        return f"a worker called {name} is running already: give this one another name (-n), or leave -n out"
    if isinstance(error, PreconditionFailed):
        return f"{what} on the broker is not the desk's: {_difference(said)}. {YOURS}"
    if isinstance(error, ResourceLocked):
        return f"{what} on the broker is not the desk's: another program keeps it for itself (exclusive). {YOURS}"
    return f"the broker's user may not use {what}: give it the rights to configure, write and read it ({said})"


def is_name_taken(error: BaseException) -> bool:
    """Another worker of the same name holds the queue of its remote control."""
    found = WHAT.search(str(error))
    return isinstance(error, ResourceLocked) and bool(found and found[2].endswith(PIDBOX))


def _difference(said: str) -> str:
    found = DIFFERENCE.search(said)
    return f"{found[1]} is {found[3]} there, the desk's is {found[2]}" if found else said
