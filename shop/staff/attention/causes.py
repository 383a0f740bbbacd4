"""Which causes are told when: decided by the database's clock, written down in one transaction with what is told.

A cause is told at once if it stays until a person acts, and after PATIENCE if it mends itself; again every AGAIN for as
long as it lasts; and when it is mended: when it has been away for a while. One that comes and goes every minute is one
that lasts. Whatever comes together is one message, and the next comes PAUSE later at the earliest.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from orders.database import clock
from orders.models import Attention
from shop.staff.attention import notices

AGAIN = timedelta(hours=4)
PATIENCE = timedelta(minutes=10)
AWAY = timedelta(minutes=10)  # before it is called mended; twice as long each time that it has come back since
PAUSE = timedelta(minutes=5)
KEPT = timedelta(days=30)
MOST_DOUBLINGS = 5
LONGEST_KEY = 200


class Cause(Protocol):
    """What `shop.staff.needs.Need` has. `key` stays the same for as long as the cause lasts."""

    @property
    def key(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def severity(self) -> str: ...
    @property
    def url(self) -> str: ...


ACT, MENDS_ITSELF = "act", "mends itself"  # What is so on purpose is no cause.


@dataclass
class Told:
    """What a message says, by what happened to the causes."""

    new: list[Attention] = field(default_factory=list)
    again: list[Attention] = field(default_factory=list)
    mended: list[Attention] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.new or self.again or self.mended)


@transaction.atomic
def take_note(found: Iterable[Cause]) -> Told:
    """Keeps what is found now, and writes notices of what is to be told. Two at once wait for one another."""
    causes = {cause.key[:LONGEST_KEY]: cause for cause in found if cause.severity in (ACT, MENDS_ITSELF)}
    ours = Attention.objects.filter(Q(mended_at=None) | Q(cause__in=causes)).order_by("pk")
    rows = {row.cause: row for row in ours.select_for_update()}
    now = clock.now()
    for row in rows.values():
        _bring_back(row, now)
    for key, cause in causes.items():
        rows[key] = _seen(rows.get(key), key, cause, now)
    for key in rows.keys() - causes.keys():
        rows[key].gone_at = rows[key].gone_at or now
    told = _due(rows, causes, now) if notices.may_come(now, PAUSE) else Told()
    _mark(told, now)
    for row in rows.values():
        row.save()
    if told:
        notices.write(told, now, settings.ATTENTION.recipients)
    Attention.objects.filter(mended_at__lt=now - KEPT).delete()
    return told


def _bring_back(row: Attention, now: datetime) -> None:
    """Times that lie ahead, since the database's clock was set back, are now: each delay begins anew."""
    for name in ("first_seen", "last_told", "gone_at", "mended_at"):
        at = getattr(row, name)
        if at is not None and at > now:
            setattr(row, name, now)


def _seen(row: Attention | None, key: str, cause: Cause, now: datetime) -> Attention:
    if row is None:
        row = Attention(cause=key, first_seen=now)
    elif row.mended_at is not None:
        row.returns = row.returns + 1 if now - row.mended_at < AGAIN else 0
        row.first_seen, row.last_told, row.mended_at = now, None, None
    row.last_seen, row.gone_at = now, None
    row.sentence, row.count, row.url = cause.sentence[:500], max(cause.count, 0), cause.url[:300]
    return row


def _due(rows: dict[str, Attention], causes: dict[str, Cause], now: datetime) -> Told:
    told = Told()
    for key, row in rows.items():
        if row.mended_at is not None:
            continue
        if key in causes:
            if row.last_told is None and _is_due(row, causes[key], now):
                told.new.append(row)
            elif row.last_told is not None and now - row.last_told >= AGAIN:
                told.again.append(row)
        elif row.gone_at is not None and now - row.gone_at >= away(row):
            told.mended.append(row)
    return told


def _is_due(row: Attention, cause: Cause, now: datetime) -> bool:
    return cause.severity == ACT or now - row.first_seen >= PATIENCE


def away(row: Attention) -> timedelta:
    """So long it has to be away until it is called mended."""
    return AWAY * 2 ** min(row.returns, MOST_DOUBLINGS)


def _mark(told: Told, now: datetime) -> None:
    """Of what nobody was told nobody is told that it is mended."""
    for row in (*told.new, *told.again):
        row.last_told = now
    for row in told.mended:
        row.mended_at = now
    told.mended = [row for row in told.mended if row.last_told is not None]
