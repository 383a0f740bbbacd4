"""A command that somebody ended before its end does not say by its exit code that all was done, or is well."""

from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from orders.models import Instance, Order
from tests.factories import make_order

pytestmark = pytest.mark.django_db


def ended(command: str, *arguments: str) -> tuple[int, str]:
    """The exit code, and what was said on standard error."""
    errors = StringIO()
    try:
        call_command(command, *arguments, stdout=StringIO(), stderr=errors)
    except SystemExit as end:
        return int(str(end.code)), errors.getvalue()
    return 0, errors.getvalue()


def interrupted(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("where", "command"),
    [
        ("builtins.input", ["person", "erase", "--email", "ada@x.example"]),
        ("shop.operations.management.commands.person.erase", ["person", "erase", "--email", "ada@x.example", "--yes"]),
        ("shop.operations.management.commands.reconcile.created_since", ["reconcile", "--since", "2001-01-01"]),
        ("shop.operations.management.commands.queues.view", ["queues"]),
        ("orders.steps.instance.adopt", ["adopt"]),
    ],
)
def test_it_is_no_success(settings: Settings, where: str, command: list[str]) -> None:
    """`manage.py adopt && systemctl start …` went on, and an erasure that was broken off was done."""
    make_order(email="ada@x.example").steps.update(state="done")
    Instance.objects.create(name="live", marked_at=timezone.now(), marked_by="x")
    settings.INSTANCE = "rehearsal"
    with patch(where, interrupted):
        assert ended(*command) == (130, "Interrupted before its end.\n")
    assert Order.objects.get().email == "ada@x.example"


@pytest.mark.parametrize(
    ("where", "command"),
    [
        ("shop.operations.management.commands.queues.view", ["queues", "--watch"]),
        ("shop.operations.management.commands.prune.Command.prune", ["prune"]),
    ],
)
def test_where_it_is_the_usual_end_it_is_one(where: str, command: list[str]) -> None:
    with patch(where, interrupted):
        assert ended(*command) == (0, "")
