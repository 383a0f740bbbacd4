"""A broker that takes a request and never answers it: the worker gives the connection up and makes another.

It happens: the leader of a quorum queue is killed just when the queue is declared, or the broker's machine stands.
While a worker waits for an answer its event loop does not turn, so it would not notice by heartbeats either.
"""

import socket
from contextlib import suppress
from typing import Any

from amqp.exceptions import RecoverableConnectionError
from kombu.transport import pyamqp

# Seconds without any frame. The broker's heartbeats are frames, each 15 s apart at least (`broker_heartbeat`).
LONGEST = 10.0


class BoundedChannel(pyamqp.Channel):
    """Its requests (declare, bind, qos, consume, cancel, close …) wait so long for their answers, and no longer.

    A connection with a bound of its own (`read_timeout`) keeps to that.
    """

    def wait(self, method: Any, callback: Any = None, timeout: Any = None, returns_tuple: bool = False) -> Any:
        """Raises RecoverableConnectionError when no answer comes: whoever listens connects anew."""
        bound = timeout or getattr(self.connection, "read_timeout", None) or LONGEST
        try:
            return super().wait(method, callback, bound, returns_tuple)
        except TimeoutError:
            if timeout is not None:  # Whoever sets one knows what to do.
                raise
            self.hang_up()
            raise RecoverableConnectionError(f"the broker did not answer a request in {bound:g} s") from None

    def hang_up(self) -> None:
        """Ends the connection, so that the worker makes another: what waits for an answer fails, the event loop wakes.

        Closed, the socket would be out of the loop: nothing would wake it. (A TLS socket's own `shutdown` takes its
        reader away.)
        """
        with suppress(OSError, AttributeError):
            socket.socket.shutdown(self.connection.transport.sock, socket.SHUT_RDWR)
