"""What has been counted: once, exactly, and never less, whatever happens to rows and workers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from orders import totals
from orders.database.clock import from_now
from orders.models import Attempt, Counted, Order, Step, Total
from orders.tasks import count_totals
from orders.totals import ATTEMPTS, ORDERS, count_batch, counted_upto
from tests.end_to_end.desk import wait_for
from tests.factories import make_order


def attempt(step: Step, outcome: str = "done", seconds: float | None = 0.2) -> Attempt:
    step.attempts += 1
    took = None if seconds is None else timedelta(seconds=seconds)
    return Attempt.objects.create(
        step=step, number=step.attempts, started_at=from_now(), outcome=outcome, duration=took
    )


def counted(kind: str) -> dict[tuple[str, str], int]:
    return {(row.destination, row.outcome): row.count for row in Total.objects.filter(kind=kind)}


def count_all() -> None:
    """Rounds until all is counted. One may not do: whoever writes on that server, its own upkeep too, is waited for."""

    def counts() -> bool:
        count_totals()
        order = Order.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        return counted_upto(ORDERS) >= order and counted_upto(ATTEMPTS) >= newest()

    wait_for(counts, "all is counted")


def newest() -> int:
    return Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@pytest.mark.django_db
def test_attempts_are_added_up_by_destination_outcome_and_how_long_they_took() -> None:
    order = make_order(steps=["sap", "sap_cancel", "printing"])
    sap, undo, printing = order.steps.order_by("pk")
    attempt(sap, "temporary", 12.0)
    attempt(sap, "done", 0.07)
    attempt(undo, "done", 0.05)
    attempt(printing, "lost", None)
    while count_batch(ATTEMPTS, newest()):
        pass
    assert counted(ATTEMPTS) == {("sap", "temporary"): 1, ("sap", "done"): 2, ("printing", "lost"): 1}
    done = Total.objects.get(destination="sap", outcome="done")
    assert (done.timed, pytest.approx(done.seconds)) == (2, 0.12)
    assert done.buckets == [1, 2, 2, 2, 2, 2, 2, 2, 2, 2]
    assert Total.objects.get(destination="sap", outcome="temporary").buckets == [0] * 8 + [1, 1]
    assert Total.objects.get(destination="printing").timed == 0


@pytest.mark.django_db
def test_a_batch_begins_where_the_last_one_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "BATCH", 2)
    step = make_order(steps=["sap"]).steps.get()
    first = attempt(step)
    for _ in range(4):
        attempt(step)
    batches = 0
    Counted.objects.update_or_create(pk=ATTEMPTS, defaults={"upto": first.pk - 1})
    while count_batch(ATTEMPTS, newest()):
        batches += 1
    assert (batches, counted(ATTEMPTS)) == (3, {("sap", "done"): 5})
    assert counted_upto(ATTEMPTS) == newest()
    assert not count_batch(ATTEMPTS, newest())
    assert counted(ATTEMPTS) == {("sap", "done"): 5}


@pytest.mark.django_db
def test_what_is_pruned_stays_counted() -> None:
    step = make_order(steps=["sap"]).steps.get()
    attempt(step)
    attempt(step)
    count_batch(ATTEMPTS, newest())
    Attempt.objects.all().delete()
    assert not count_batch(ATTEMPTS, newest())
    attempt(step, "permanent")
    while count_batch(ATTEMPTS, newest()):
        pass
    assert counted(ATTEMPTS) == {("sap", "done"): 2, ("sap", "permanent"): 1}


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_in_the_midst_has_counted_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    attempt(make_order(steps=["sap"]).steps.get())

    def die(self: Counted, *args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(Counted, "save", die)
        dying.setattr(Counted.objects, "get_or_create", lambda **_: Counted.objects.bulk_create(
            [Counted(kind=ATTEMPTS)], ignore_conflicts=True
        ))  # fmt: skip
        with pytest.raises(KeyboardInterrupt):
            count_batch(ATTEMPTS, newest())
    assert counted(ATTEMPTS) == {}
    assert counted_upto(ATTEMPTS) == 0
    count_all()
    assert counted(ATTEMPTS) == {("sap", "done"): 1}


@pytest.mark.django_db(transaction=True)
def test_two_rounds_at_once_count_nothing_twice() -> None:
    step = make_order(steps=["sap"]).steps.get()
    for _ in range(20):
        attempt(step)
    both = threading.Barrier(2)

    def round_of_its_own() -> None:
        both.wait(10)
        try:
            count_totals()
        finally:
            connection.close()

    threads = [threading.Thread(target=round_of_its_own) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    count_all()
    assert counted(ATTEMPTS) == {("sap", "done"): 20}
    assert counted(ORDERS) == {("", ""): Order.objects.count()}


@contextmanager
def uncommitted(step: Step) -> Iterator[None]:
    """Another process's attempt that has its id, and is committed at the end."""
    written, may_end = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                attempt(step)
                written.set()
                may_end.wait(30)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(10)
    try:
        yield
    finally:
        may_end.set()
        writer.join(30)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("on_postgresql")
def test_an_attempt_that_is_committed_after_a_later_one_is_not_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "PATIENCE", 0.2)
    order = make_order(steps=["sap", "printing"])
    sap, printing = order.steps.order_by("pk")
    with uncommitted(sap):
        attempt(printing)
        count_totals()
        assert counted(ATTEMPTS) == {}  # Not even the later one: behind it there is a gap.
    count_all()
    assert counted(ATTEMPTS) == {("sap", "done"): 1, ("printing", "done"): 1}


@pytest.mark.django_db(transaction=True)
def test_a_round_with_nothing_new_writes_nothing() -> None:
    make_order()
    count_all()
    before = list(Total.objects.values_list("pk", "count"))
    with CaptureQueriesContext(connection) as asked:
        count_totals()
    # It looks as often as it takes until those who were writing have ended: the server's own upkeep, too.
    done = [query["sql"] for query in asked.captured_queries if "txid_snapshot" not in query["sql"]]
    assert not [statement for statement in done if statement.startswith(("UPDATE", "INSERT"))]
    assert len(done) <= 14
    assert list(Total.objects.values_list("pk", "count")) == before
