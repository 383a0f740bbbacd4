"""A form that was opened before somebody else changed the row: what he changed is not undone unseen.

The page carries a mark of the row as it was shown. Whoever saves another row than the one he saw is told what changed.
"""

import hashlib
from collections.abc import Iterable

from django.db.models import Model
from django.forms import ModelForm, ValidationError

from orders.models import Deed

NAME = "as_shown"
WHAT_NOW = "Nothing is saved. The fields below are as you had them: put in what is right, and save once more."


def mark(row: Model, names: Iterable[str], *, lock: bool = False) -> str:
    """Of the fields of these names, as the database has them; with `lock` they stay so until the transaction ends."""
    fields = [field.name for field in row._meta.concrete_fields if field.name in set(names)]
    rows = type(row)._default_manager.filter(pk=row.pk)
    values = list((rows.select_for_update() if lock else rows).values_list(*fields)) if fields else []
    return hashlib.sha256(repr(values).encode()).hexdigest()


def minding(form: type[ModelForm]) -> type[ModelForm]:
    """The form, refusing what was typed for a row that is another one by now."""

    class Minding(form):  # type: ignore[misc, valid-type]
        def clean(self) -> dict[str, object] | None:
            shown = self.data.get(NAME)
            if shown and shown != mark(self.instance, self.fields, lock=True):
                raise ValidationError(f"{told(self.instance)} {WHAT_NOW}")
            return super().clean()

    Minding.__name__ = form.__name__
    return Minding


def told(row: Model) -> str:
    """Who changed it last, and what."""
    changes = Deed.objects.filter(model=row._meta.model_name, row=str(row.pk), what=Deed.What.CHANGED)
    last = changes.first()
    if last is None:
        return "Somebody has changed this since you opened the page."
    return f"{last.by} has changed this since you opened the page ({last.detail})."
