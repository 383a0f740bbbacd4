"""Remote control (`celery inspect`, `celery control`): what is no command is told in one line, and dropped.

The exchange celery.pidbox brings every message to every worker, unacknowledged; nothing there is worth keeping.
"""

import logging
from typing import Any

from celery.worker.consumer.control import Control
from celery.worker.control import Panel
from celery.worker.pidbox import Pidbox

from orders.messaging.admitted_headers import Odd, is_text, shown

log = logging.getLogger(__name__)

MOST_BYTES = 65_536
MOST_DEPTH = 5
KEYS = {"method", "arguments", "destination", "pattern", "matcher", "reply_to", "ticket"}


class Mailbox(Pidbox):
    """A worker's mailbox that reads a message only after it was checked."""

    def start(self, consumer: Any) -> None:
        self.node.channel = consumer.connection.channel()
        self.consumer = self.node.Consumer(on_message=self.receive, on_decode_error=self.drop)
        self.consumer.consume()

    def drop(self, message: Any, error: Any) -> None:
        log.warning("remote control: a message was dropped: %s", error)

    def receive(self, message: Any) -> None:
        try:
            command = self._command(message)
        except Odd as odd:
            self.drop(message, odd)
        except Exception as error:
            self.drop(message, f"it can't be understood ({type(error).__name__})")
        else:
            message.headers.pop("clock", None)  # The sender's. Nothing goes by it, and a huge one would spoil our own.
            self.on_message(command, message)

    def _command(self, message: Any) -> dict[str, Any]:
        if message.content_type != "application/json" or len(message.body) > MOST_BYTES:
            raise Odd(f"{len(message.body)} bytes of type {shown(message.content_type)}")
        command = message.decode()
        if not isinstance(command, dict) or not _is_plain(command) or not command.keys() <= KEYS:
            raise Odd("it is no command")
        if command.get("method") not in self.node.handlers:
            raise Odd(f"there is no command {shown(command.get('method'))}")
        if not isinstance(command.get("arguments") or {}, dict):
            raise Odd("its arguments are no table")
        _check_numbers(command["method"], command.get("arguments") or {})
        if not isinstance(command.get("destination") or [], list):
            raise Odd("its destination is no list")
        if command.get("matcher") not in (None, "glob"):  # A regular expression can take for ever.
            raise Odd("its matcher is not 'glob'")
        self._check_reply(command.get("reply_to"), command.get("ticket"))
        return command

    def _check_reply(self, reply_to: Any, ticket: Any) -> None:
        """An answer to another exchange than Celery's own would declare it, and close the channel."""
        if reply_to is not None and (
            not isinstance(reply_to, dict)
            or reply_to.keys() != {"exchange", "routing_key"}
            or reply_to["exchange"] != self.node.mailbox.reply_exchange.name
            or not isinstance(reply_to["routing_key"], str)
            or not reply_to["routing_key"].isascii()  # 255 bytes at most then, too.
        ):
            raise Odd("it wants its answer elsewhere than Celery's commands")
        if not (ticket is None or isinstance(ticket, str)):
            raise Odd("its ticket is no text")


def _check_numbers(method: str, arguments: dict[str, Any]) -> None:
    """Celery keeps a time limit of "soon", and can work on no message of that task from then on."""
    about = Panel.meta.get(method)
    for name, kind in (about and about.args) or ():
        if kind in (int, float) and not isinstance(arguments.get(name), int | float | None):
            raise Odd(f"its argument {name} is no number")


def _is_plain(value: Any, depth: int = MOST_DEPTH) -> bool:
    """What JSON has, not deep, and all text printable: it may be logged."""
    if isinstance(value, dict):
        return depth > 0 and all(is_text(key) and _is_plain(one, depth - 1) for key, one in value.items())
    if isinstance(value, list):
        return depth > 0 and all(_is_plain(one, depth - 1) for one in value)
    return value is None or isinstance(value, bool | int | float) or is_text(value)


class RemoteControl(Control):
    """In place of Celery's step."""

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        if not self.is_green:
            self.box = Mailbox(consumer)
            self.start, self.stop, self.shutdown = self.box.start, self.box.stop, self.box.shutdown
