"""The broker of a first look: kombu's file-system transport, made safe against files that are not as it left them.

kombu writes a message where its readers look for it, so that they may read half of one, and whatever it can't read ends
the worker. Messages are hints: one that is lost is published again from its row.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any
from uuid import uuid4

from celery import current_app
from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.json import dumps, loads

from orders.messaging.admitted_headers import shown
from orders.messaging.odd_files import MOST_BYTES, OddFile, locked, put_aside, read

log = logging.getLogger(__name__)

Table = list[Any]


def write(path: Path, text: str) -> None:
    """All of it or nothing, also for those who read at the same moment. Raises OSError."""
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{uuid4()}.new")
    try:
        new.touch(0o600, exist_ok=False)
        new.write_text(text)
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise


class Channel(filesystem.Channel):
    """Messages and bindings as files, each written whole and read with care."""

    told: str = ""  # The trouble that was logged last: each is one line, not one a poll.
    stuck: dict[str, str]  # Files that can be neither taken nor put aside, and why: one line for each why.

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.stuck = {}
        super().__init__(*args, **kwargs)

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # As kombu does it.
        """Raises ChannelError if there is no room, or no right to write."""
        path = Path(self.data_folder_out) / f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        text = dumps(payload)
        if len(text.encode()) > MOST_BYTES:  # Nobody would read it.
            raise ChannelError(f"the embedded broker takes no message of more than {MOST_BYTES} bytes")
        try:
            write(path, text)
        except OSError as error:
            raise ChannelError(f"the embedded broker can't write to {path.parent}: {error.strerror}") from error

    def _restore(self, message: Any) -> None:
        """What a worker gives back; without room for it, its row publishes it again."""
        try:
            super()._restore(message)
        except ChannelError as error:
            log.warning("a message was not given back, and will be published again from its row: %s", error)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message. Whoever removes the file has it; a file that is no message is put aside."""
        for path in self._files(queue):
            try:
                payload = self._read(path)
                path.unlink()
            except FileNotFoundError:
                continue  # Another worker was faster.
            except OSError as error:
                self._tell_stuck(path, f"taken: {error.strerror}")
            except OddFile as odd:
                self._put_aside(path, str(odd))
            except Exception as error:
                self._put_aside(path, type(error).__name__)
            else:
                self.told = ""
                return payload
        raise Empty

    def _read(self, path: Path) -> dict[str, Any]:
        payload: dict[str, Any] = loads(read(path).decode())
        message = self.Message(payload, channel=self)
        if not isinstance(message.headers, dict) or not {"exchange", "routing_key"} <= message.delivery_info.keys():
            raise ValueError("no message")
        return payload

    def _put_aside(self, path: Path, why: str) -> None:
        """Keeps what can't be read for a person to look at, the latest few."""
        try:
            lies = put_aside(path).parent
        except FileNotFoundError:
            return  # Another worker was faster.
        except OSError as trouble:
            self._tell_stuck(path, f"put aside: {trouble.strerror}")
        else:
            log.error("embedded broker: %s is none of its files (%s); it lies in %s", shown(path.name), why, lies)

    def _tell_stuck(self, path: Path, why: str) -> None:
        if self.stuck.get(path.name) != why:
            if why not in self.stuck.values():
                log.error("the embedded broker: %s in %s can't be %s", shown(path.name), path.parent, why)
            self.stuck[path.name] = why

    def _tell(self, trouble: str) -> None:
        if trouble != self.told:
            log.error("%s", trouble)
            self.told = trouble

    def _files(self, queue: str) -> list[Path]:
        """Of this queue, the oldest first."""
        folder = Path(self.data_folder_in)
        try:
            names = sorted(path.name for path in folder.iterdir())
        except FileNotFoundError:  # It is made again with the next message.
            return []
        except OSError as error:
            self._tell(f"the embedded broker can't read {folder}: {error.strerror}")
            return []
        self.stuck = {name: why for name, why in self.stuck.items() if name in names} if self.stuck else {}
        return [folder / name for name in names if name.partition(".")[2] == f"{queue}.msg"]

    def _size(self, queue: str) -> int:
        return len(self._files(queue))

    def _purge(self, queue: str) -> int:
        files = self._files(queue)
        for path in files:
            with suppress(OSError):
                path.unlink()
        return len(files)

    # --- Bindings: those of the desk's own queues need no file -----------------------------------
    def get_table(self, exchange: str) -> Table:
        if exchange in current_app.amqp.queues:
            return [exchange_queue_t(exchange, "", exchange)]
        file = self._exchange_file(exchange)
        try:
            return self._rows(file)
        except OddFile:
            try:
                with locked(file.with_suffix(".lock")):  # Else a good file might be put aside that was just written.
                    return self._rows_or_none(file)
            except OSError as error:
                self._tell(f"embedded broker: the bindings of {exchange} can't be locked: {error.strerror}")
                return []

    def _rows(self, file: Path) -> Table:
        try:
            return [exchange_queue_t(*row) for row in loads(read(file).decode())]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, RecursionError) as error:
            self._tell(f"embedded broker: the bindings in {file.name} can't be read ({type(error).__name__})")
            return []

    def _rows_or_none(self, file: Path) -> Table:
        """For who holds the lock: whatever else lies there is put aside."""
        try:
            return self._rows(file)
        except OddFile as odd:
            self._put_aside(file, str(odd))
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        row = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._change(exchange, lambda table: table if row in table else [row, *table])

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)
        row = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        self._change(exchange, lambda table: [other for other in table if other != row])

    def _change(self, exchange: str, change: Callable[[Table], Table]) -> None:
        """Remote control alone needs these files, so a worker goes on without."""
        if exchange in current_app.amqp.queues:
            return
        file = self._exchange_file(exchange)
        try:
            with locked(file.with_suffix(".lock")):
                write(file, dumps(change(self._rows_or_none(file))))
        except OSError as error:
            self._tell(f"embedded broker: the bindings of {exchange} can't be written: {error.strerror}")


class Transport(filesystem.Transport):
    Channel = Channel
