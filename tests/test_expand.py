"""A migration is safe for the version before by its kind, or says whether that one runs on it: docs/migrations.md."""

import inspect
from pathlib import Path

import pytest
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED

OURS = ("orders", "integrations", "printing")
SAYS = "The version before"
SAFE = (migrations.CreateModel, migrations.AddIndex, migrations.AlterModelOptions, migrations.AlterModelManagers)
WORDS = {"choices", "help_text", "verbose_name", "validators", "error_messages", "default", "db_default", "editable"}
# Of before the rule; each ran beside its version before, as the change log of its time says.
OF_BEFORE_THE_RULE = {
    "integrations.0002_no_connection",
    "integrations.0003_minor_units",
    "orders.0003_sweeper_indexes",
    "orders.0007_minor_units",
    "orders.0010_status_words",
    "orders.0012_delivery",
    "orders.0013_shipments_times",
    "printing.0002_one_index_less",
    "printing.0003_blocked",
    "printing.0005_labels",
}

LOADER = MigrationLoader(None)
OWN = {f"{app}.{name}": migration for (app, name), migration in LOADER.disk_migrations.items() if app in OURS}


def old_field(migration: Migration, operation: migrations.AlterField) -> models.Field:
    state = LOADER.project_state([parent for parent in migration.dependencies if parent[0] == migration.app_label])
    field: models.Field = state.models[migration.app_label, operation.model_name_lower].fields[operation.name]
    return field


def essence(field: models.Field) -> tuple[object, ...]:
    """What of a field the database knows. A longer text or choice is none of the version before's business."""
    _, path, arguments, options = field.deconstruct()
    return path, arguments, {key: value for key, value in options.items() if key not in WORDS}


def is_safe(migration: Migration, operation: Operation) -> bool:
    if isinstance(operation, migrations.AddField):
        field = operation.field
        return bool(field.null or field.many_to_many or field.db_default is not NOT_PROVIDED)
    if isinstance(operation, migrations.AlterField):
        return essence(old_field(migration, operation)) == essence(operation.field)
    return isinstance(operation, SAFE)


def unsafe(migration: Migration) -> list[str]:
    """Only what is done to tables that are there already can be in the way of anybody."""
    new = {each.name_lower for each in migration.operations if isinstance(each, migrations.CreateModel)}
    rest = [each for each in migration.operations if getattr(each, "model_name_lower", "") not in new]
    return [each.describe() for each in rest if not is_safe(migration, each)]


def text_of(migration: Migration) -> str:
    return Path(inspect.getfile(type(migration))).read_text()


def next_one(*operations: Operation) -> Migration:
    """A migration that comes after 0017."""
    parts = {"dependencies": [("orders", "0017_staff_and_operators")], "operations": list(operations)}
    migration: Migration = type("Next", (Migration,), parts)("9999_next", "orders")
    return migration


@pytest.mark.parametrize("name", sorted(set(OWN) - OF_BEFORE_THE_RULE))
def test_a_migration_is_safe_for_the_version_before_or_says_whether_it_is(name: str) -> None:
    found = unsafe(OWN[name])
    assert not found or SAYS in text_of(OWN[name]), f"{name} must say '{SAYS} …' (docs/migrations.md): {found}"


def test_those_that_are_excused_are_there_and_are_not_safe_by_their_kind() -> None:
    needless = {name for name in OF_BEFORE_THE_RULE if name not in OWN or not unsafe(OWN[name])}
    assert needless == set()


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("order", "note"),
        migrations.DeleteModel("Order"),
        migrations.RenameField("order", "note", "remark"),
        migrations.RunSQL("SELECT 1"),
        migrations.AddField("order", "weight", models.IntegerField(default=0)),
        migrations.AlterField("order", "note", models.CharField(max_length=3)),
        migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(pk__gt=0), name="positive")),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_can_be_in_the_way_is_seen(operation: Operation) -> None:
    assert len(unsafe(next_one(operation))) == 1


def test_what_only_adds_is_let_through() -> None:
    migration = next_one(
        migrations.CreateModel("Crate", [("id", models.BigAutoField(primary_key=True))]),
        migrations.AddField("crate", "size", models.IntegerField()),
        migrations.AddField("order", "weight", models.IntegerField(null=True)),
        migrations.AddField("order", "pieces", models.IntegerField(db_default=0)),
    )
    assert unsafe(migration) == []
