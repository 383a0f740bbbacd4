"""Migrations say what the models say, and leave alone what workers of the version before read."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from orders.models import Deed, Destination, Order
from printing.models import Printer
from tests.factories import make_order


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_renamed_field_keeps_its_column() -> None:
    assert Printer._meta.get_field("blocked").column == "holding"


@pytest.mark.django_db
def test_what_was_held_back_under_another_name_stays_held_back() -> None:
    Destination.objects.create(name="sap")
    Destination.objects.create(name="sap_cancel", paused=True, paused_by="lena")
    Destination.objects.create(name="marketing_cancel", failures=3)
    import_module("orders.migrations.0010_status_words").one_row_a_destination(apps, None)
    (sap,) = Destination.objects.all()
    assert (sap.name, sap.paused, sap.paused_by) == ("sap", True, "lena")


@pytest.mark.django_db
def test_orders_of_before_get_the_times_at_which_the_history_says_they_were_packed_and_shipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    migration = import_module("orders.migrations.0013_shipments_times")
    monkeypatch.setattr(migration, "AT_ONCE", 2)
    unknown, packed, shipped, since = [make_order(status="shipped") for _ in range(4)]
    at = timezone.now()
    for order, what in [(packed, "packed"), (shipped, "packed"), (shipped, "shipped"), (since, "packed")]:
        Deed.remember(Deed.What(what), [order], by="wim")
    Deed.remember(Deed.What.CANCELLED, [unknown], by="wim")
    Order.objects.filter(pk=since.pk).update(packed_at=at)
    for _ in range(2):  # The second time nothing is left to do.
        migration.times_of_before(apps, None)
        kept = {deed.pk: deed.at for deed in Deed.objects.order_by("pk")}
        first, second, third, *_ = kept.values()
        assert list(Order.objects.order_by("pk").values_list("packed_at", "shipped_at")) == [
            (None, None),
            (first, None),
            (second, third),
            (at, None),
        ]
