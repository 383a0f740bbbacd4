"""The clock's ticks: one message each, gone when nobody takes it in time."""

from types import SimpleNamespace
from typing import Any

import pytest

from orders.messaging.worker import clock


def test_a_tick_that_nobody_takes_is_gone_when_the_next_ones_are_due(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, dict[str, Any]]] = []
    app = SimpleNamespace(send_task=lambda task, **options: sent.append((task, options)))
    monkeypatch.setattr(clock, "current_app", app)
    ticks = clock.Clock(SimpleNamespace(steps=[]))
    ticks.tick("orders.tasks.sweep_steps", 2.0)
    assert sent == [("orders.tasks.sweep_steps", {"expires": 6.0, "retry": False, "ignore_result": True})]
