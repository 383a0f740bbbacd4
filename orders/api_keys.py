"""API keys: made, found, replaced and revoked. Why the desk has its own: docs/decisions/0014-api-keys.md.

A key is `desk_<prefix>_<secret>`. The secret has 192 random bits, so a fast hash keeps it as well as a slow one would.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from hmac import compare_digest

from django.db import transaction
from django.db.models import Q

from orders.database import prepared, rows
from orders.database.clock import MARGIN, DatabaseTime, beyond, from_now
from orders.database.outage import AWAY
from orders.database.vendor import on_postgresql
from orders.errors import BadClient
from orders.models import ApiKey, Deed
from orders.models.api_key import Scope, client_fault
from orders.request import tidy

_KEY = re.compile(r"desk_([0-9a-f]{12})_([0-9a-f]{48})")
_NONE = "0" * 64
NOTED_EVERY = timedelta(minutes=1)  # A key's last use is written down so often at most.
KEPT_FOR = timedelta(days=7)  # So long the old key works beside the one that takes its place.


@transaction.atomic
def make(
    client: str,
    scopes: Iterable[Scope],
    *,
    by: str,
    expires_at: datetime | DatabaseTime | None = None,
    said: str = "",
) -> tuple[ApiKey, str]:
    """A new key, and its text, which nobody can ever read again. Raises BadClient.

    `said`: what the history tells besides.
    """
    name = tidy(client)
    if fault := client_fault(name):
        raise BadClient(fault)
    prefix, secret = secrets.token_hex(6), secrets.token_hex(24)
    wanted = set(scopes)
    key = ApiKey.objects.create(
        client=name,
        prefix=prefix,
        digest=_digest(secret),
        scopes=" ".join(scope for scope in Scope if scope in wanted),
        created_at=from_now(),
        expires_at=expires_at,
    )
    key.refresh_from_db()
    Deed.remember(Deed.What.ADDED, [key], by=by, detail=f"{key.scopes} {said}".strip())
    return key, f"desk_{prefix}_{secret}"


@transaction.atomic
def rotate(old: ApiKey, *, by: str, keep: timedelta = KEPT_FOR) -> tuple[ApiKey, str]:
    """A key in place of `old`: same client, same scopes, lasting as long. The old one works for `keep` longer."""
    lasts = DatabaseTime(old.expires_at - old.created_at) if old.expires_at else None
    end = DatabaseTime(keep)
    lasts_longer = Q(expires_at=None) | Q(expires_at__gt=end)
    ApiKey.objects.filter(lasts_longer, pk=old.pk).update(expires_at=end)
    said = f"in place of desk_{old.prefix}_…, which works for {keep.days} days longer at most"
    return make(old.client, [Scope(scope) for scope in old.scopes.split()], by=by, said=said, expires_at=lasts)


@transaction.atomic
def revoke(keys: Iterable[ApiKey], *, by: str) -> int:
    """Ends them at once, for good; returns how many had not been ended so before."""
    asked = [key.pk for key in keys]
    ending = list(ApiKey.objects.select_for_update().filter(pk__in=asked, revoked_at=None).order_by("pk"))
    ApiKey.objects.filter(pk__in=[key.pk for key in ending]).update(revoked_at=from_now())
    Deed.remember(Deed.What.CHANGED, ending, by=by, detail="revoked")
    return len(ending)


def find(text: str) -> ApiKey | None:
    """The key of this text; None if there is none, or it is over. All of these cost one look-up and one comparison.

    Its use is written down, at most once a minute.
    """
    read = _KEY.fullmatch(text)
    prefix, secret = read.groups() if read else ("", "")
    key, noted = _look_up(prefix)
    if not compare_digest(key.digest if key else _NONE, _digest(secret)) or key is None:
        return None
    if not noted:
        _note_use(key)
    return key


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _look_up(prefix: str) -> tuple[ApiKey | None, bool]:
    """The key if it is valid, and whether its use was noted a moment ago. By the database's clock."""
    if on_postgresql():
        found = prepared.fetch(_statement(), [prefix], ApiKey)
        return found[0] if found else (None, False)
    valid = Q(expires_at=None) | Q(expires_at__gt=from_now())
    recent = Q(last_used_at__isnull=False, last_used_at__gt=from_now(-NOTED_EVERY), last_used_at__lt=beyond())
    key = ApiKey.objects.filter(valid, prefix=prefix, revoked_at=None).annotate(noted=recent).first()
    return key, bool(key and key.noted)


@lru_cache
def _statement() -> str:
    return f"""
        SELECT {rows.columns(ApiKey, "k")},
            coalesce(k.last_used_at > STATEMENT_TIMESTAMP() - interval '{NOTED_EVERY.total_seconds():.0f} s'
                 AND k.last_used_at < STATEMENT_TIMESTAMP() + interval '{MARGIN.total_seconds():.0f} s', false)
        FROM {ApiKey._meta.db_table} k
        WHERE k.prefix = %s AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > STATEMENT_TIMESTAMP())
    """  # noqa: S608


def _note_use(key: ApiKey) -> None:
    """A database that only reads answers all the same."""
    stale = Q(last_used_at=None) | Q(last_used_at__lte=from_now(-NOTED_EVERY)) | Q(last_used_at__gt=beyond())
    with suppress(*AWAY):
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=from_now())
