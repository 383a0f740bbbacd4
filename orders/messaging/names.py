"""What a connection to RabbitMQ is called: `rabbitmqctl list_connections client_properties` and its web pages show it.

https://www.rabbitmq.com/docs/connections#client-provided-names
"""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from orders.database import names


class ThisProcess:
    """What the process is, told at its start; a command if nobody did."""

    kind = ""
    worker = ""  # A worker's name; its pool's processes inherit it.
    pid = 0

    @classmethod
    def is_a(cls, kind: str, worker: str = "") -> None:
        cls.kind, cls.worker, cls.pid = kind, worker, os.getpid()
        names.Called.is_a(kind)


def connection_name() -> str:
    """Kind of process, worker's name, host and process id."""
    kind = ThisProcess.kind or _command()
    if ThisProcess.worker:
        kind = f"{kind} {ThisProcess.worker}"
        if os.getpid() != ThisProcess.pid:
            kind = f"pool process of {kind}"
    return f"order desk: {kind}, host {socket.gethostname()}, pid {os.getpid()}"


def _command() -> str:
    """`manage.py resend`, `celery inspect`. Not its options: a password may stand there."""
    program = Path(sys.argv[0])
    context = click.get_current_context(silent=True)
    if context and context.info_name:
        return f"celery {context.info_name}"
    return " ".join([program.name, *(word for word in sys.argv[1:2] if word.isidentifier())])


class Named(dict[str, str]):
    """A connection's client properties with the name of the process that opens it: the settings are read before a fork.

    With an `__iter__` of its own Python asks `__getitem__` when it copies the dictionary.
    """

    def __init__(self) -> None:
        super().__init__(connection_name="")

    def __iter__(self) -> Iterator[str]:
        return super().__iter__()

    def __getitem__(self, name: str) -> str:
        return connection_name()
