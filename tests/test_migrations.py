"""Migrations say what the models say, and leave alone what workers of the version before read."""

import pytest
from django.core.management import call_command

from printing.models import Printer


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_renamed_field_keeps_its_column() -> None:
    assert Printer._meta.get_field("blocked").column == "holding"
