"""Finds a text however its accents were typed, and in whichever case.

Rows from before texts were in NFC have them in other forms.
"""

import unicodedata
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.lookups import IContains

from orders.database.vendor import on_postgresql

_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)
TONES = set("\u0300\u0301\u0303\u0309\u0323")  # grave, acute, tilde, hook, dot below


@CharField.register_lookup
class InAnyForm(Lookup):
    """`name__in_any_form="Zoë"`: contains it in one of its forms, whatever its case. As before, no index helps."""

    lookup_name = "in_any_form"

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        wanted = forms(self.rhs)
        if on_postgresql():  # The desk's SQLite knows the case of all letters.
            wanted = sorted({cased for form in wanted for cased in cases(form)})
        found = [compiler.compile(IContains(self.lhs, form)) for form in wanted]
        params = tuple(param for _, own in found for param in own)
        return f"({' OR '.join(sql for sql, _ in found)})", params


def forms(text: str) -> list[str]:
    """The text composed (NFC), decomposed (NFD), and with its tones alone apart, as Vietnamese keyboards write it."""
    composed = unicodedata.normalize("NFC", text)
    apart = "".join(_tone_apart(char) for char in composed)
    return sorted({composed, apart, unicodedata.normalize("NFD", text)})


def cases(text: str) -> list[str]:
    """As it was typed, small, in capitals, and each word with one: those that differ in more than letters from A to Z.

    PostgreSQL knows the case of no others where its locale is C, as a cluster's is that was made without a locale.
    """
    all_cases = (text.title(), text.upper(), text.lower(), text)
    return list({cased.translate(_CAPITALS): cased for cased in all_cases}.values())


def _tone_apart(char: str) -> str:
    letter, *marks = list(unicodedata.normalize("NFD", char))
    tones = [mark for mark in marks if mark in TONES]
    others = [mark for mark in marks if mark not in TONES]
    return "".join([unicodedata.normalize("NFC", letter + "".join(others)), *tones])
