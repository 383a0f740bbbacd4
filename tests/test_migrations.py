"""Migrations say what the models say, and leave alone what workers of the version before read."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command

from orders.models import Destination
from printing.models import Printer


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
