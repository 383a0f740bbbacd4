"""RabbitMQ's management API: it alone tells how many messages are with consumers, unacknowledged.

https://www.rabbitmq.com/docs/management#http-api. Its figures are some seconds old.
"""

import base64
import json
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from threading import Timer
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.conf import settings

from orders.messaging.looking import login

TIMEOUT = 3  # seconds
LONGEST = 4.0  # seconds for the whole answer
TOO_LONG = f"it took longer than {LONGEST:g} s"
LARGEST = 20_000_000  # bytes


class NotTold(Exception):
    """The management API does not answer as it should; why, in a line."""


@dataclass(frozen=True)
class Told:
    """A queue as the management API has it; None for what it does not say (yet)."""

    type: str | None
    unacknowledged: int | None
    consumers: int | None = None


def ask() -> dict[str, Told]:
    """All queues of the desk's virtual host, by name. Raises NotTold."""
    user, password, vhost = login()
    parts = urlsplit(settings.BROKER_MANAGEMENT_URL)
    if parts.username is not None:
        user, password = unquote(parts.username), unquote(parts.password or "")
    columns = "name,type,messages_unacknowledged,consumers"
    path = f"{parts.path.rstrip('/')}/api/queues/{quote(vhost, safe='')}?columns={columns}"
    kind = HTTPSConnection if parts.scheme.lower() == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT)
    logon = base64.b64encode(f"{user}:{password}".encode()).decode()
    # The timeout is of one read: a server that sends a byte now and then would be waited for without end.
    late: list[bool] = []
    end = Timer(LONGEST, _hang_up, [connection, late])
    end.start()
    try:
        connection.request("GET", path, headers={"Authorization": f"Basic {logon}", "Connection": "close"})
        answer = connection.getresponse()
        body = answer.read(LARGEST)
    except (OSError, HTTPException) as error:
        if late:
            raise NotTold(TOO_LONG) from error
        raise NotTold(getattr(error, "strerror", "") or str(error) or type(error).__name__) from error
    finally:
        end.cancel()
        connection.close()
    if late:
        raise NotTold(TOO_LONG)
    if answer.status != 200:
        raise NotTold(f"it answered {answer.status} {answer.reason}")
    return _read(body)


def _hang_up(connection: HTTPConnection, late: list[bool]) -> None:
    """From another thread: whoever reads there sees the end."""
    late.append(True)
    with suppress(OSError, AttributeError):  # It is closed already.
        connection.sock.shutdown(SHUT_RDWR)


def _read(body: bytes) -> dict[str, Told]:
    try:
        return {str(row["name"]): _told(row) for row in json.loads(body)}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotTold("its answer is no list of queues") from error


def _told(row: dict[str, Any]) -> Told:
    return Told(_text(row.get("type")), _count(row.get("messages_unacknowledged")), _count(row.get("consumers")))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: Any) -> int | None:
    return value if type(value) is int else None
