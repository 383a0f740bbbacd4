"""How steps are run: how long they may take, when they are tried again, and what stops a destination."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from shop.environment import all_seconds, count, read
from shop.environment import seconds as in_seconds


@dataclass(frozen=True)
class Running:
    """`shutdown`: how long a worker that was told to end (SIGTERM) may finish what it has begun.

    A destination's circuit breaker opens after `breaker_failures` temporary failures in a row. The first probe comes
    after `breaker_delay`; each further probe waits twice as long as the one before, ten minutes at most.
    """

    time_limit: timedelta
    lease: timedelta
    grace: timedelta
    sweep_interval: timedelta
    retry_delays: list[timedelta]
    shutdown: timedelta
    concurrency: int
    breaker_failures: int
    breaker_delay: timedelta


def running() -> Running:
    """From the environment. Raises ImproperlyConfigured unless time limit < lease < the broker's consumer timeout."""
    found = Running(
        time_limit=seconds("int", "SHOP_STEP_TIME_LIMIT_SECONDS", 60),
        lease=seconds("int", "SHOP_STEP_LEASE_SECONDS", 90),
        grace=seconds("float", "SHOP_STEP_GRACE_SECONDS", 10),
        sweep_interval=seconds("float", "SHOP_SWEEP_INTERVAL_SECONDS", 2),
        retry_delays=retry_delays(),
        shutdown=seconds("float", "SHOP_SHUTDOWN_SECONDS", 30),
        concurrency=read("int", "SHOP_WORKER_CONCURRENCY", 8, validate=count(1000)),
        breaker_failures=read("int", "SHOP_BREAKER_FAILURES", 5, validate=count(1_000_000)),
        breaker_delay=seconds("float", "SHOP_BREAKER_DELAY_SECONDS", 30),
    )
    if not found.time_limit < found.lease < timedelta(minutes=30):
        raise ImproperlyConfigured(
            "SHOP_STEP_LEASE_SECONDS must be more than SHOP_STEP_TIME_LIMIT_SECONDS and less than 1800."
        )
    return found


def seconds(kind: str, name: str, default: float) -> timedelta:
    return timedelta(seconds=read(kind, name, default, validate=in_seconds))


def retry_delays() -> list[timedelta]:
    usual = [10, 30, 120, 600, 1800] + [3600] * 72
    return [
        timedelta(seconds=float(delay))
        for delay in read("list", "SHOP_RETRY_DELAYS_SECONDS", usual, validate=all_seconds)
    ]
