"""How spans leave the process, and that a collector that is away delays nobody."""

import logging
import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.resources import Resource

from shop.operations.traces import quiet, tracer
from tests.servers.collector import Collector


class Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What the traces say in the log."""
    ear, logger = Ear(), logging.getLogger(quiet.__name__.rpartition(".")[0])
    logger.addHandler(ear)
    yield ear.heard
    logger.removeHandler(ear)


def make(count: int) -> None:
    source = tracer.tracer()
    assert source
    for _ in range(count):
        source.start_span("one").end()


def test_the_end_waits_for_what_is_left(traced: Collector) -> None:
    make(3)
    tracer.end()
    assert len(traced.spans) == 3


def test_a_silent_collector_delays_the_end_by_a_second_and_spans_not_at_all(traced: Collector) -> None:
    traced.answers.clear()
    began = time.monotonic()
    make(5000)
    assert time.monotonic() - began < 9
    began = time.monotonic()
    tracer.end()
    assert time.monotonic() - began < 9  # The exporter's own patience is ten.


def test_after_a_fork_the_child_makes_its_own(traced: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tracer.tracer()
    assert tracer.tracer() is first
    monkeypatch.setattr(tracer.Own, "pid", os.getpid() + 1)
    assert tracer.tracer() is not first


def test_what_can_not_be_made_is_said_and_raises_nothing(
    traced: Collector, monkeypatch: pytest.MonkeyPatch, heard: list[str]
) -> None:
    def broken(attributes: Any) -> Any:
        raise ValueError("secret")

    monkeypatch.setattr(Resource, "create", broken)
    assert tracer.tracer() is None
    assert heard == ["there are no traces: ValueError"]


def test_a_collector_that_refuses_is_one_line_a_minute(
    traced: Collector, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    traced.status = 401
    source = tracer.tracer()
    provider = tracer.Own.provider
    assert source
    assert provider

    def lose() -> list[str]:
        make(1)
        provider.force_flush()
        return heard

    lose()
    assert lose() == ["traces are lost: 127.0.0.1 answers 401; the next such line comes in a minute"]
    monkeypatch.setattr(quiet, "PAUSE", 0)
    (handler,) = logging.getLogger("opentelemetry").handlers
    monkeypatch.setattr(handler, "_next", 0)
    assert len(lose()) == 2


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("https://traces.example/", "https://traces.example/v1/traces"),
        ("https://traces.example/otlp/v1/traces", "https://traces.example/otlp/v1/traces"),
    ],
)
def test_the_usual_path_is_added_where_there_is_none(given: str, asked: str) -> None:
    assert tracer.endpoint(given) == asked
