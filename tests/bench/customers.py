"""Customers who measure: each request on a connection of its own, as it comes from a shop's many visitors."""

import gc
import itertools
import json
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

PATIENCE = 30  # seconds
PRODUCTS = range(1, 61)

Request = Callable[[], bytes]


@dataclass
class Answers:
    """What some customers got: seconds each, by status; and how long all of it took."""

    seconds: list[float]
    statuses: list[int]
    elapsed: float

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.elapsed

    def all_are(self, status: int) -> bool:
        return set(self.statuses) == {status}


# Every field that an order may have beside its products and what the customer was told they cost.
EVERYTHING = {
    "email": "helgi@example.com",
    "shipping": {
        "name": "Jóna Möller",
        "phone": "+354 555 1234",
        "address": {
            "line1": "Laugavegur 3",
            "line2": "2. hæð",
            "postal_code": "101",
            "city": "Reykjavík",
            "state": "1",
            "country": "IS",
        },
    },
    "note": "To the back door",
    "reference": "WEB-1001",
    "currency": "EUR",
}


def order(
    path: str = "/order",
    products: int = 3,
    fields: Mapping[str, object] = MappingProxyType({}),
    *,
    keyed: bool = False,
    headers: str = "",
) -> Request:
    """POSTs of so many products each, and these fields; `keyed`: each with an Idempotency-Key of its own.

    `headers` end with CRLF each.
    """

    def request() -> bytes:
        named = {"customer_name": "Helgi Möller", **fields, "products_ids": random.sample(PRODUCTS, products)}
        body = json.dumps(named).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}"
        if keyed:
            head += f"Idempotency-Key: {uuid.uuid4()}\r\n"
        return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body

    return request


def get(path: str, headers: str = "") -> Request:
    """GETs of one path; `headers` end with CRLF each."""
    text = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Connection: close\r\n\r\n".encode()
    return lambda: text


def ask(port: int, text: bytes) -> bytes:
    """The whole answer, head and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(text)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def status_of(answer: bytes) -> int:
    return int(answer[9:12])


def one_after_another(port: int, request: Request, count: int) -> Answers:
    """A single customer: the way's own latency, without any queueing."""
    return saturate(port, request, hands=1, count=count)


def saturate(port: int, request: Request, *, hands: int = 8, seconds: float = 0, count: int = 0) -> Answers:
    """`hands` customers, each of whom asks again as soon as the answer is there: for `seconds`, or `count` requests."""
    started = time.perf_counter()
    turns = itertools.count()

    def goes_on() -> bool:
        return next(turns) < count if count else time.perf_counter() < started + seconds

    def due() -> Iterator[float]:
        while goes_on():
            yield time.perf_counter()

    return _run(port, request, hands, due)


def at_rate(port: int, request: Request, *, per_second: float, seconds: float, hands: int = 48) -> Answers:
    """Requests at a fixed rate, whatever the answers; each is timed from the moment it was due."""
    started = time.perf_counter() + 0.05
    turns = itertools.count()
    total = int(per_second * seconds)

    def due() -> Iterator[float]:
        while (turn := next(turns)) < total:
            moment = started + turn / per_second
            time.sleep(max(0.0, moment - time.perf_counter()))
            yield moment

    return _run(port, request, hands, due)


def _run(port: int, request: Request, hands: int, due: Callable[[], Iterator[float]]) -> Answers:
    answers = Answers([], [], 0)

    def customer() -> None:
        for moment in due():
            status = status_of(ask(port, request()))
            answers.seconds.append(time.perf_counter() - moment)
            answers.statuses.append(status)

    with _undisturbed():
        started = time.perf_counter()
        threads = [threading.Thread(target=customer) for _ in range(hands)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answers.elapsed = time.perf_counter() - started
    return answers


@contextmanager
def _undisturbed() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
