"""What the broker's client makes of a message's bytes: whatever they are, nothing raises in the worker's loop.

The broker passes on what a publisher calls text or a time, without reading it. (AMQP 0-9-1, 4.2.5.3 to 4.2.5.5: short
strings are octets, timestamps have 64 bits, tables may hold tables to any depth.) py-amqp reads it between two frames.
What raises there leaves the connection out of step, and after the reconnection the broker sends the same message again.
"""

from typing import Any

import kombu.message
from amqp import abstract_channel, serialization
from kombu.transport import pyamqp

from orders.messaging.worker.silence import BoundedChannel

_load_properties = serialization.GenericContent._load_properties
_loads = serialization.loads


class Lenient(bytes):
    """Bytes whose parts are text whatever they hold: what is no UTF-8 is shown as `\\xff`."""

    def __getitem__(self, part: Any) -> Any:
        found = super().__getitem__(part)
        return Lenient(found) if isinstance(found, bytes) else found

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return super().decode("utf-8", "backslashreplace")


def load_properties(content: Any, class_id: int, buffer: bytes, offset: int) -> int:
    """Reads a message's properties; those that can't be read become {"unreadable": the error's name}.

    With text that is no UTF-8 among them there is one more, `not_utf_8`.
    """
    for octets in (buffer, Lenient(buffer)):
        try:
            end = int(_load_properties(content, class_id, octets, offset))
        except UnicodeDecodeError:
            continue
        except Exception as error:  # RecursionError, OverflowError, struct.error, FrameSyntaxError and so on.
            content.properties = {"unreadable": type(error).__name__}
            break
        if isinstance(octets, Lenient):
            content.properties["not_utf_8"] = True
        return end
    return len(buffer)


def loads(form: str, buffer: bytes, offset: int) -> tuple[list[Any], int]:
    """Reads a method's arguments: a delivery has the publisher's routing key among them."""
    try:
        return _loads(form, buffer, offset)
    except UnicodeDecodeError:
        return _loads(form, Lenient(buffer), offset)


class Channel(BoundedChannel):
    """Leaves bodies as they are. py-amqp decodes one by whatever codec it names; "punycode" may take hours."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "auto_decode": False})


def as_sent(body: Any, compression: Any) -> Any:
    """Instead of kombu's `decompress`: a few bytes could become gigabytes. The desk compresses nothing."""
    return body


def read_anything() -> None:
    """For this process, once or more often."""
    serialization.GenericContent._load_properties = load_properties
    abstract_channel.loads = loads
    kombu.message.decompress = as_sent
    pyamqp.Connection.Channel = Channel
