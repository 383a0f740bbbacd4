"""Events that were refused are told with the queues, whatever the broker is."""

import pytest
from django.db import OperationalError

from orders.database.clock import from_now
from orders.events import history
from orders.models import Event
from shop.operations.queues import view
from tests.factories import make_order


@pytest.fixture(autouse=True)
def refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "are_published", lambda: True)
    monkeypatch.setattr(view, "_broker", lambda found: ({}, None))
    order = make_order()
    for seq in (1, 2):
        Event.objects.create(order=order, seq=seq, type="order.packed", at=from_now(), due_at=from_now())


@pytest.mark.parametrize(
    ("count", "most", "words"),
    [(1, 9, "1 event was refused"), (2, 9, "2 events were refused"), (2, 2, "2 or more events were refused")],
)
def test_how_many_and_what_to_do(count: int, most: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_COUNTED", most)
    assert (view.view().warnings, view.view().as_json()["events_refused"]) == ([], 0)
    Event.objects.filter(seq__lte=count).update(state="refused")
    found = view.view()
    (said,) = found.warnings
    assert said.startswith(f"{words}: a queue bound to orders.events is full, or was.")
    assert "`manage.py events resend`" in said
    assert (found.events_refused, found.code) == (count, view.WARNINGS)


def test_nobody_knows_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(view.clock, "now", away)
    monkeypatch.setattr(view.connection, "close", lambda: None)
    assert view.view().as_json()["events_refused"] is None
