"""A form that was opened before somebody else changed the row: what he changed is not undone unseen.

The page carries a mark: the fields as they were shown, and the newest deed from before they were read. Whoever saves
another row than the one he saw is told which fields differ, and what was done to it since.
"""

from collections.abc import Iterator
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Max, Model
from django.forms import ModelForm, ValidationError

from orders.models import Deed

NAME = "as_shown"
CHANGED = "Somebody has changed this since you opened the page."
WHAT_NOW = "Nothing is saved. The fields below are as you had them: put in what is right, and save once more."
WORDS = {"True": "yes", "False": "no", "None": "empty", "": "empty"}


def newest_deed(model: type[Model], row: object) -> int:
    """Its id; 0 if nothing was done to the row. Asked before the row is read: no change falls between the two."""
    deeds = Deed.objects.filter(model=model._meta.model_name, row=str(row))
    return deeds.aggregate(newest=Max("id"))["newest"] or 0


def mark(form: ModelForm, deed: int) -> str:
    """Of the fields as a form of the row shows them, before anything is typed."""
    return Signer(salt=NAME).sign_object({"deed": deed, "fields": values(form)})


def mark_now(form: ModelForm) -> str:
    """Of the fields as the database has them: for a form that is shown again."""
    row = form.instance
    deed = newest_deed(type(row), row.pk)
    return mark(type(form)(instance=type(row)._default_manager.filter(pk=row.pk).first()), deed)


def values(form: ModelForm) -> dict[str, str]:
    """Of the row, and what the page shows beside it: a form has that in `beside`, read before the page reads it."""
    own = {name: str(form.initial[name]) for name in form.fields if name in form.initial}
    return own | getattr(form, "beside", {})


def minding(form: type[ModelForm]) -> type[ModelForm]:
    """The form, refusing what was typed for a row that is another one by now."""

    class Minding(form):  # type: ignore[misc, valid-type]
        def clean(self) -> dict[str, object] | None:
            if shown := self.data.get(NAME):
                refuse_unseen(self, shown)
            return super().clean()

    Minding.__name__ = form.__name__
    return Minding


def refuse_unseen(form: ModelForm, shown: str) -> None:
    """Raises ValidationError if the row is not as it was shown. It stays as it is until the transaction ends.

    Orders of the product are placed meanwhile: its key is not locked.
    """
    row = form.instance
    now = type(row)._default_manager.filter(pk=row.pk).select_for_update(no_key=True).first()
    if now is None:  # Deleted meanwhile: to save it would put it in again.
        raise ValidationError(f"{CHANGED} {WHAT_NOW}")
    try:
        seen = Signer(salt=NAME).unsign_object(shown)
    except BadSignature:  # A page of another version, or of another secret.
        raise ValidationError(f"{CHANGED} {WHAT_NOW}") from None
    if differing := list(differences(type(form)(instance=now), seen["fields"])):
        said = f"{CHANGED} Of its fields, {', '.join(differing)}. {' '.join(since(row, seen['deed']))}"
        raise ValidationError(f"{said.strip()} {WHAT_NOW}")


def differences(now: ModelForm, seen: dict[str, str]) -> Iterator[str]:
    """ "price is 34.00 now (you had 31.20)" """
    for name, value in values(now).items():
        if value != (had := seen.get(name, value)):
            yield f"{name} is {in_words(now, name, value)} now (you had {in_words(now, name, had)})"


def in_words(form: ModelForm, name: str, value: str) -> str:
    choices: Any = getattr(form.fields.get(name), "choices", ())
    labels = {str(key): str(label) for key, label in choices if key not in ("", None)}
    return labels.get(value) or WORDS.get(value, value)


def since(row: Model, deed: int) -> Iterator[str]:
    """All that was done to it after that deed, the oldest first."""
    for one in Deed.objects.filter(model=row._meta.model_name, row=str(row.pk), id__gt=deed).order_by("id"):
        yield f"{one.by} {one.get_what_display()}{f' ({one.detail})' if one.detail else ''}."
