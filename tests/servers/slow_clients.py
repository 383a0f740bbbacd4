"""Clients that send a byte a second: each holds one of gunicorn's threads where nothing stands in front of it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SLOW = 30


@contextmanager
def slow_clients(port: int) -> Iterator[list[socket.socket]]:
    """Half of them are slow with their headers already, all send a byte a second."""
    head = b"POST /order HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n"
    clients = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(SLOW)]
    for number, client in enumerate(clients):
        client.sendall(head if number % 2 else head + b"\r\n{")
    over = threading.Event()

    def send() -> None:
        while not over.wait(1):
            for client in clients:
                client.sendall(b"x")

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield clients
    finally:
        over.set()
        sender.join()
        for client in clients:
            client.close()
