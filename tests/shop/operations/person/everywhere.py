"""Looks for texts in every column of every table, and in every file of some folders."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models

NO_TEXT = (
    models.AutoField, models.BigAutoField, models.BooleanField, models.DateField, models.DurationField,
    models.FloatField, models.IntegerField, models.UUIDField, models.ForeignKey, models.DecimalField,
)  # fmt: skip


def texts() -> Iterator[tuple[str, str]]:
    """Table and column, and a value as text: of all that could hold one."""
    for model in apps.get_models(include_auto_created=True):
        columns = [field.attname for field in model._meta.concrete_fields if not isinstance(field, NO_TEXT)]
        for row in model._default_manager.values(*columns) if columns else ():
            for column, value in row.items():
                yield f"{model._meta.db_table}.{column}", as_text(value)
    for session in Session.objects.all():
        yield "django_session, decoded", repr(session.get_decoded())


def as_text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else repr(value)


def where(wanted: Iterable[str], *folders: Path) -> set[str]:
    """The columns and files in which any of it stands; JSON's escapes count, case does not."""
    forms = {form.casefold() for text in wanted for form in (text, json.dumps(text)[1:-1])}
    found = {place for place, text in texts() if any(form in text.casefold() for form in forms)}
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file() and any(form.encode() in file.read_bytes().lower() for form in forms):
                found.add(file.name)
    return found
