"""Clients that are kept from one task to the next, so that not every order opens a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

Settings = TypeVar("Settings")
Client = TypeVar("Client")


class _Kept(threading.local):
    def __init__(self) -> None:
        self.clients: dict[Any, tuple[Any, Any]] = {}


_kept = _Kept()


def kept(make: Callable[[Settings], Client], settings: Settings) -> Client:
    """This thread's client, made by `make`; a new one when the settings have changed."""
    made_for, client = _kept.clients.get(make, (None, None))
    if client is None or made_for != settings:
        client = make(settings)
        _kept.clients[make] = settings, client
    found: Client = client
    return found
