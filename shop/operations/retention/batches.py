"""Deletes rows some at a time, a transaction each. Rows that somebody else has locked are left out."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

AT_ONCE = 1000  # rows


@transaction.atomic
def delete_some(rows: QuerySet[Any]) -> int:
    """Deletes the first of `rows`; returns how many. Two who do it at once share the work, and nobody waits."""
    chosen = rows.select_for_update(skip_locked=True, of=("self",))  # SQLite has one writer, and needs none of it.
    ids = list(chosen.values_list("pk", flat=True)[:AT_ONCE])
    deleted, _ = rows.model._default_manager.filter(pk__in=ids).delete()
    return deleted


def delete_all(rows: QuerySet[Any]) -> Iterator[int]:
    """Deletes all of them, and says after each transaction how many."""
    while deleted := delete_some(rows):
        yield deleted
