"""Finds a text however its accents were typed: rows from before texts were in NFC have them in other forms."""

import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.lookups import IContains

TONES = set("\u0300\u0301\u0303\u0309\u0323")  # grave, acute, tilde, hook, dot below


@CharField.register_lookup
class InAnyForm(Lookup):
    """`name__in_any_form="Zoë"`: contains it in one of its forms, whatever its case. As before, no index helps."""

    lookup_name = "in_any_form"

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        found = [compiler.compile(IContains(self.lhs, form)) for form in forms(self.rhs)]
        params = tuple(param for _, own in found for param in own)
        return f"({' OR '.join(sql for sql, _ in found)})", params


def forms(text: str) -> list[str]:
    """The text composed (NFC), decomposed (NFD), and with its tones alone apart, as Vietnamese keyboards write it."""
    composed = unicodedata.normalize("NFC", text)
    apart = "".join(_tone_apart(char) for char in composed)
    return sorted({composed, apart, unicodedata.normalize("NFD", text)})


def _tone_apart(char: str) -> str:
    letter, *marks = list(unicodedata.normalize("NFD", char))
    tones = [mark for mark in marks if mark in TONES]
    others = [mark for mark in marks if mark not in TONES]
    return "".join([unicodedata.normalize("NFC", letter + "".join(others)), *tones])
