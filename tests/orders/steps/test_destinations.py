"""Staff pause a destination, and let it go on."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError

from orders.database.clock import from_now
from orders.models import Destination
from orders.steps import Done, Permanent, destinations, run_step
from tests.factories import make_order


@pytest.mark.django_db
def test_a_destination_knows_who_paused_it_until_it_goes_on() -> None:
    destinations.pause("sap", by="anna")
    paused = Destination.objects.get(name="sap")
    assert (paused.paused, paused.paused_by, paused.paused_at is not None) == (True, "anna", True)
    destinations.resume("sap", by="anna")
    resumed = Destination.objects.get(name="sap")
    assert (resumed.paused, resumed.paused_by, resumed.paused_at) == (False, "", None)


def run(name: str = "sap", outcome: Exception | None = None) -> datetime | None:
    """Runs one step of a new order; returns when its destination took something last, as its row says."""

    def effect(claim: object) -> Done:
        if outcome:
            raise outcome
        return Done()

    order = make_order(steps=[name])
    run_step(order.pk, name, effect)
    return Destination.objects.filter(name="sap").values_list("last_success_at", flat=True).first()


@pytest.mark.django_db
def test_a_success_is_noted_at_once_and_then_every_ten_seconds_at_most() -> None:
    first = run()
    assert first is not None
    assert run() == first
    Destination.objects.update(last_success_at=from_now(timedelta(seconds=-11)))
    again = run()
    assert again is not None
    assert again > first


@pytest.mark.django_db
def test_what_undoes_a_step_is_a_success_of_its_destination_and_a_refusal_is_none() -> None:
    assert run(outcome=Permanent("No.", next_action="Look.")) is None
    assert run("sap_cancel") is not None


@pytest.mark.django_db
def test_a_success_that_is_not_due_costs_no_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    order = make_order(steps=["sap"])
    monkeypatch.setattr(destinations, "note_success", lambda name: pytest.fail("It was noted again."))
    assert run_step(order.pk, "sap", lambda claim: Done()) is True


@pytest.mark.django_db
def test_a_success_that_is_due_costs_one_statement(django_assert_num_queries: Any) -> None:
    Destination.objects.create(name="sap", last_success_at=from_now(timedelta(seconds=-11)))
    with django_assert_num_queries(1):
        destinations.note_success("sap")
    with django_assert_num_queries(2):  # Another worker was faster, or there is no row: one is not made twice.
        destinations.note_success("sap")
    assert Destination.objects.count() == 1


@pytest.mark.django_db
def test_a_database_that_goes_away_while_a_success_is_noted_undoes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order(steps=["sap"])

    def away() -> None:
        raise OperationalError("away")

    def effect(claim: object) -> Done:
        monkeypatch.setattr(destinations, "success_due", away)
        return Done()

    recorded = run_step(order.pk, "sap", effect)
    monkeypatch.undo()
    assert recorded is True
    assert order.steps.get().state == "done"
