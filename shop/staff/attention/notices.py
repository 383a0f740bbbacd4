"""The messages to operators: a row each for every address, written with the decision, sent from there."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings

from orders.database import clock
from orders.models import Attention, Notice
from shop.staff.attention import wording

if TYPE_CHECKING:
    from shop.staff.attention.causes import Told

MOST = 500  # causes of a kind in a message
KEPT = timedelta(days=30)


def may_come(now: datetime, pause: timedelta) -> bool:
    """One that lies ahead was written before the database's clock was set back, and keeps back nothing."""
    lately = Notice.objects.filter(created_at__gt=now - pause, created_at__lte=now + clock.MARGIN)
    return not lately.exclude(message__type=wording.TEST).exists()


def write(told: "Told", now: datetime, recipients: Iterable[str]) -> None:
    """A notice to each. One that could not be sent yet goes along in it: a server that is back gets one mail."""
    for recipient in recipients:
        data = {kind: [_said(row) for row in getattr(told, kind)[:MOST]] for kind in wording.KINDS}
        for older in (
            Notice.objects.filter(to=recipient, sent_at=None, given_up_at=None).exclude(answer="").order_by("pk")
        ):
            if _supersede(older, now):
                data = together(older.message["data"], data)
        message = {"type": "attention", "timestamp": now.isoformat(), "data": data | {"desk": settings.SHOP_NAME}}
        subject = wording.subject(message)[:200]
        Notice.objects.create(to=recipient, subject=subject, message=message, created_at=now, due_at=now)
    Notice.objects.filter(created_at__lt=now - KEPT).delete()


def _supersede(notice: Notice, now: datetime) -> bool:
    """False if somebody is sending it just now: while that runs there is no answer."""
    waiting = Notice.objects.filter(pk=notice.pk, sent_at=None, answer=notice.answer, tries=notice.tries)
    return bool(waiting.update(given_up_at=now, answer=f"Told with a later one. {notice.answer}"[:500]))


def together(older: dict[str, Any], newer: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Each cause once, as it was said last; what nobody was told of yet stays new while it lasts."""
    was = {said["cause"]: (kind, said) for kind in wording.KINDS for said in older[kind]}
    now = {said["cause"]: (kind, said) for kind in wording.KINDS for said in newer[kind]}
    for cause, (kind, said) in now.items():
        if kind == "again" and was.get(cause, ("", {}))[0] == "new":
            now[cause] = ("new", said)
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in wording.KINDS}
    for kind, said in (was | now).values():
        found[kind].append(said)
    return found


def _said(row: Attention) -> dict[str, Any]:
    since = {"since": row.first_seen.isoformat(), "gone": row.gone_at.isoformat() if row.gone_at else None}
    return {"cause": row.cause, "sentence": row.sentence, "count": row.count, "url": address(row.url)} | since


def address(path: str) -> str:
    """Where it is looked at; "" where nobody has told the desk its own address."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL and path.startswith("/") else ""
