from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from orders.intake import hook as intake_hook
from orders.steps import hook
from shop.operations.traces import attempts, messages, tracer
from tests.servers.collector import Collector, collector


@pytest.fixture
def there() -> Iterator[Collector]:
    with collector() as made:
        yield made


@pytest.fixture
def traced(there: Collector, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """This process traces to that collector. `tracer.end()` sends all of it."""
    settings.WATCHING = replace(settings.WATCHING, traces_url=there.url)
    monkeypatch.setattr(hook, "around", attempts.traced)
    monkeypatch.setattr(intake_hook, "around", messages.traced)
    monkeypatch.setattr(tracer.Own, "pid", 0)
    yield there
    tracer.end()
