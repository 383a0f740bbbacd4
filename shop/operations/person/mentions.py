"""Rows that hang on no order and may speak of a person all the same: dead letters, sessions, texts of others.

A name alone is somebody else's, too. So rows are found by what belongs to one person: e-mail, telephone, street, note,
and a name of several words; each as a whole (`whole`).
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Model, Q

from orders.messaging.periodic import Round
from orders.models import Attention, DeadLetter, Deed, Destination, Notice, Order, PackScan
from orders.models.shipment import ERASED
from printing.models import ListJob, Printer, PrintJob

AN_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
LEAST = 6  # characters: what is shorter stands in too many texts
AT_ONCE = 100  # rows
# Texts that others wrote: what a remote or a printer said, what a form was called.
TEXTS: dict[type[Model], list[str]] = {
    Deed: ["name", "detail"],
    LogEntry: ["object_repr", "change_message"],
    Destination: ["reason", "pause_reason"],
    Round: ["error"],
    Printer: ["reasons"],
    PrintJob: ["reason"],
    ListJob: ["reason"],
    PackScan: ["code", "answer"],
    Attention: ["sentence"],
    Notice: ["subject", "answer"],
}


def telling(order: Order) -> list[str]:
    """What of an order belongs to one person, and to nobody else."""
    names = [name for name in (order.customer_name, order.shipping_name) if len(name.split()) > 1]
    rest = [order.email, order.shipping_phone, order.shipping_line1, order.note]
    parcels = order.shipments.exclude(tracking_number__startswith=ERASED).values_list("tracking_number", flat=True)
    return list(dict.fromkeys(value for value in (*names, *rest, *parcels) if len(value) >= LEAST))


def of_email(email: str) -> list[str]:
    """What is one person's where there is no order (any more): the address alone. Half of one is many people's."""
    return [email] if len(email) >= LEAST and AN_EMAIL.fullmatch(email) else []


def are_there(values: Sequence[str]) -> bool:
    """Whether anything speaks of it."""
    found = (letters(values), sessions(values), texts(values), notices(values))
    return any(next(iter(rows), None) is not None for rows in found)


def letters(values: Sequence[str]) -> list[DeadLetter]:
    """Dead letters that speak of it, in whatever encoding their JSON has."""
    wanted = _patterns(values)
    rows = DeadLetter.objects.order_by("pk").iterator(AT_ONCE)
    return [letter for letter in rows if wanted and _is_in(_text_of(letter), wanted)]


def sessions(values: Sequence[str]) -> list[Session]:
    """Sessions of staff in which a search or a message speaks of it."""
    wanted = _patterns(values)
    rows = Session.objects.order_by("pk").iterator(AT_ONCE)
    return [row for row in rows if wanted and _is_in(json.dumps(row.get_decoded(), default=str), wanted)]


def texts(values: Sequence[str]) -> Iterator[tuple[list[Any], str, re.Pattern[str]]]:
    """Rows of TEXTS in which a value stands, with the column and what it is found by."""
    for value in _spellings(values):
        wanted = whole(value)
        for model, columns in TEXTS.items():
            for column in columns:
                perhaps = model._default_manager.filter(Q(**{f"{column}__icontains": value}))
                if found := [row for row in perhaps if wanted.search(getattr(row, column))]:
                    yield found, column, wanted


def notices(values: Sequence[str]) -> Iterator[tuple[Notice, Any]]:
    """Messages to operators that speak of it, each with what it is to say instead."""
    wanted = [whole(value) for value in values]
    for notice in Notice.objects.order_by("pk").iterator(AT_ONCE):
        instead = _without(notice.message, wanted)
        if instead != notice.message:
            yield notice, instead


def _without(told: Any, wanted: Sequence[re.Pattern[str]]) -> Any:
    """The same JSON, each text in it without what is wanted."""
    if isinstance(told, dict):
        return {key: _without(value, wanted) for key, value in told.items()}
    if isinstance(told, list):
        return [_without(value, wanted) for value in told]
    for each in wanted if isinstance(told, str) else ():
        told = each.sub(ERASED, told)
    return told


def _text_of(letter: DeadLetter) -> str:
    body = bytes(letter.body).decode("utf-8", "replace")
    about = json.dumps([letter.headers, letter.properties, letter.problem], ensure_ascii=False, default=str)
    return f"{body} {about} {letter.reason}"


def _spellings(values: Sequence[str]) -> list[str]:
    """As it is, and as JSON writes it: with \\u escapes, and with its quotes escaped."""
    escaped = [json.dumps(value, ensure_ascii=ascii_only)[1:-1] for value in values for ascii_only in (True, False)]
    return list(dict.fromkeys([*values, *escaped]))


def _patterns(values: Sequence[str]) -> list[re.Pattern[str]]:
    return [whole(form) for form in {value.casefold() for value in _spellings(values)}]


def whole(value: str) -> re.Pattern[str]:
    """It, and not as a part of something longer: "ann@x.example" is another's address in "joann@x.example".

    What JSON has escaped before it ("\\nann@…") is no part of it. Scripts without blanks have no such ends.
    """
    of_mail = "@" in value
    before = rf"(?:(?<![{'a-z0-9_.+-' if of_mail else 'a-z0-9'}])|(?<=\\[bfnrt])|(?<=\\u[0-9a-f]{{4}}))"
    after = "(?![a-z0-9_]|[.-][a-z0-9])" if of_mail else "(?![a-z0-9])"
    starts, ends = _is_plain(value[:1]), _is_plain(value[-1:])
    return re.compile(f"{before if starts else ''}{re.escape(value)}{after if ends else ''}", re.IGNORECASE)


def _is_plain(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_in(text: str, wanted: Iterable[re.Pattern[str]]) -> bool:
    folded = text.casefold()
    return any(form.search(folded) for form in wanted)
