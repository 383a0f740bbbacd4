"""A copy of another desk's database: nothing in it is claimed, published or printed until a person adopts it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from orders import tasks
from orders.events import publisher
from orders.models import Deed, Instance, Order, Step
from orders.outbox import relay
from orders.steps import Claim, Done, claims_orm, claims_sql, instance, run_step, why_held
from printing import polling
from printing.tasks import watch_printers
from tests.orders.conftest import Broker

NAMES = [  # SHOP_INSTANCE, the marks, whether the database is ours
    ("", [], True),
    ("warehouse-2", ["warehouse-2"], True),
    ("", ["live"], False),
    ("rehearsal", ["live"], False),
    ("rehearsal", [], False),
    ("rehearsal", ["live", "rehearsal"], False),
    ("live", ["live.old"], False),
]


def mark(*names: str) -> None:
    Instance.objects.bulk_create(Instance(name=name, marked_at=timezone.now(), marked_by="x") for name in names)


def take(way: Any, order: Order) -> Claim | None:
    found: Claim | None = way.take(order.pk, "sap", uuid.uuid4(), timedelta(seconds=90))
    return found


@pytest.mark.parametrize("way", [claims_orm, claims_sql])
@pytest.mark.parametrize(("ours", "marks", "taken"), NAMES)
def test_a_step_is_claimed_only_where_the_mark_is_the_settings(
    order: Order, settings: Settings, way: Any, ours: str, marks: list[str], taken: bool
) -> None:
    if way is claims_sql and connection.vendor != "postgresql":
        way = claims_orm
    settings.INSTANCE = ours
    mark(*marks)
    assert bool(take(way, order)) == taken
    assert bool(why_held()) != taken


def test_in_a_copy_no_effect_runs_and_after_adopting_each_runs_once(
    order: Order, settings: Settings, broker: Broker
) -> None:
    ran: list[str] = []

    def effect(claim: Claim) -> Done:
        ran.append(claim.step.name)
        return Done()

    mark("live")
    settings.INSTANCE = "rehearsal"
    Step.objects.update(due_at=timezone.now() - timedelta(hours=1))
    for name in settings.ENABLED_STEPS:
        assert not run_step(order.pk, name, effect)
    relay.sweep()
    assert (ran, broker.steps) == ([], [])
    assert instance.adopt(by="olga")
    relay.sweep()
    assert sorted(broker.steps) == sorted((order.pk, name) for name in settings.ENABLED_STEPS)
    for name in [*settings.ENABLED_STEPS] * 2:
        run_step(order.pk, name, effect)
    assert ran == list(settings.ENABLED_STEPS)


def test_adopting_is_remembered_and_done_once(order: Order, settings: Settings) -> None:
    mark("live")
    settings.INSTANCE = "rehearsal"
    assert instance.adopt(by="olga")
    assert not instance.adopt(by="olga")
    deed = Deed.objects.get(what=Deed.What.ADOPTED)
    assert (deed.by, deed.name, deed.detail) == ("olga", "rehearsal", "It was marked as live.")
    assert list(Instance.objects.values_list("name", flat=True)) == ["rehearsal"]


def test_a_copy_without_a_name_is_adopted_by_losing_its_mark(order: Order, settings: Settings) -> None:
    mark("live")
    assert take(claims_orm, order) is None
    instance.adopt(by="olga")
    assert not Instance.objects.exists()
    assert take(claims_orm, order) is not None


@pytest.mark.django_db
def test_a_new_database_is_marked_when_it_is_migrated(settings: Settings) -> None:
    settings.INSTANCE = "shop-north"
    call_command("migrate", verbosity=0)
    assert (instance.mark(), why_held()) == ("shop-north", "")
    settings.INSTANCE = "another"
    call_command("migrate", verbosity=0)
    assert instance.mark() == "shop-north"


def test_a_database_with_orders_is_not_marked_by_itself(order: Order, settings: Settings) -> None:
    settings.INSTANCE = "shop-north"
    call_command("migrate", verbosity=0)
    assert instance.mark() == ""
    assert "not marked" in why_held()


def test_a_copy_asks_no_printer_and_tells_no_followers(
    db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(polling, "_take_turn", lambda printer: asked.append("printer"))
    monkeypatch.setattr(publisher, "publish_events", lambda: asked.append("events"))
    monkeypatch.setattr("orders.events.history.are_published", lambda: True)
    polling.Printer.objects.create(name="Live's", url="ipp://live.example/printers/slips")
    for name, expected in (("rehearsal", []), ("", ["printer", "events"])):
        settings.INSTANCE = name
        watch_printers()
        tasks.publish_events()
        assert asked == expected
