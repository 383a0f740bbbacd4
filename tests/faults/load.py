"""Customers: they place orders at a steady rate and remember every answer."""

import json
import random
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

NAMES = ["Helgi Möller", "Łukasz Żółć", "李小龙", "Олег", "محمد", "김철수"]
PATIENCE = 20  # seconds a customer waits for an answer


@dataclass
class Answer:
    """One POST: its status (0: no answer), the order number, and how long it took in seconds."""

    key: str
    status: int
    number: str
    seconds: float
    retry_after: str = ""


@dataclass
class Load:
    """Places orders at `url`; `kept` are all answers since the last `forget`.

    `share` is the part of each steady rate that is really placed: less than 1 for few orders. `more` is what each order
    has besides a name and products.
    """

    url: str
    share: float = 1.0
    kept: list[Answer] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def forget(self) -> None:
        self.kept = []

    @property
    def accepted(self) -> set[str]:
        """The numbers of all orders that were promised."""
        return {answer.number for answer in self.kept if answer.status == 201}

    @property
    def refused(self) -> list[int]:
        return [answer.status for answer in self.kept if answer.status != 201]

    def slowest(self) -> float:
        return max(answer.seconds for answer in self.kept)

    def median(self) -> float:
        return sorted(answer.seconds for answer in self.kept)[len(self.kept) // 2]

    def answers(self) -> bool:
        """True if the web is up."""
        try:
            urllib.request.urlopen(self.url + "/none", timeout=2)
        except urllib.error.HTTPError as error:
            return error.code == 404
        except OSError:
            return False
        return False

    def post(self, key: str = "", url: str = "") -> Answer:
        """One order, under `key` or a fresh Idempotency-Key."""
        key = key or uuid.uuid4().hex
        luck = random.Random(key)
        order = {"customer_name": luck.choice(NAMES), "products_ids": luck.sample(range(1, 51), luck.randint(1, 4))}
        order |= self.more
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        request = urllib.request.Request(url or self.url, json.dumps(order).encode(), headers)
        started, status, number, retry_after = time.monotonic(), 0, "", ""
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                status, number = answer.status, json.load(answer)["order_num"]
        except urllib.error.HTTPError as error:
            status, retry_after = error.code, error.headers.get("Retry-After", "")
        except (OSError, ValueError):
            pass
        kept = Answer(key, status, number, time.monotonic() - started, retry_after)
        self.kept.append(kept)
        return kept

    def assert_told(self) -> None:
        """Everybody was answered within 5 s: 201, or 503 with the time to come back. Raises AssertionError."""
        assert self.slowest() < 5, f"an answer took {self.slowest():.1f} s"
        strange = [answer for answer in self.kept if answer.status not in (201, 503)]
        assert not strange, f"neither 201 nor 503: {strange[:3]}"
        assert all(answer.retry_after for answer in self.kept if answer.status == 503), "503 without Retry-After"

    def health(self, path: str = "") -> tuple[int, float]:
        """Status and seconds of GET /health, or /health/ready. Raises AssertionError if it takes two seconds."""
        started = time.monotonic()
        try:
            with urllib.request.urlopen(self.url.removesuffix("/order") + f"/health{path}", timeout=PATIENCE) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        seconds = time.monotonic() - started
        assert seconds < 2, f"/health{path} took {seconds:.1f} s"
        return status, seconds

    def burst(self, count: int, hands: int = 4) -> None:
        """So many orders as fast as `hands` customers can."""
        with ThreadPoolExecutor(hands) as pool:
            list(pool.map(lambda _: self.post(), range(count)))

    @contextmanager
    def steady(self, per_second: float = 10) -> Iterator[None]:
        """Orders at a fixed rate, whatever the answers, while the block runs."""
        ended = threading.Event()

        def place() -> None:
            with ThreadPoolExecutor(16) as pool:
                due = time.monotonic()
                while not ended.is_set():
                    pool.submit(self.post)
                    due += 1 / (per_second * self.share)
                    ended.wait(max(0.0, due - time.monotonic()))

        customers = threading.Thread(target=place)
        customers.start()
        try:
            yield
        finally:
            ended.set()
            customers.join()
