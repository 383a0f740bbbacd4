"""A test message to operators: sent at once, so that whoever asked for it sees what the other side answers."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from orders.database import clock
from orders.database.clock import from_now
from orders.models import Deed, Notice
from orders.steps import StepError, why_held
from shop.staff.attention import channels, wording
from shop.staff.attention.sending import LEASE

NOBODY = "Nobody is told of anything: set SHOP_ATTENTION_MAIL or SHOP_ATTENTION_URL, and start web and workers again."


class NotTried(Exception):
    """Nothing was sent. The text says why, and what to do."""


@dataclass(frozen=True)
class Answer:
    """What one of them answered, in words."""

    to: str
    ok: bool
    said: str


def send_test(*, by: str) -> Iterator[Answer]:
    """To each address, one after the other. Raises NotTried if there is none, or the database is another desk's.

    A test is not repeated: one that could not be sent is given up, and its row says why.
    """
    if held := why_held():
        raise NotTried(held)
    if not settings.ATTENTION.recipients:
        raise NotTried(NOBODY)
    for recipient in settings.ATTENTION.recipients:
        yield _send(_write(recipient, by))


@transaction.atomic
def _write(recipient: str, by: str) -> Notice:
    """Held by its lease while it is tried, as any other."""
    now = clock.now()
    message = wording.test_message(settings.SHOP_NAME, now, by)
    facts = {"subject": wording.subject(message)[:200], "message": message}
    notice = Notice.objects.create(to=recipient, created_at=now, due_at=now + LEASE, tries=1, **facts)
    Deed.remember(Deed.What.TOLD, [notice], by=by)
    return notice


def _send(notice: Notice) -> Answer:
    try:
        answer = channels.send(notice)
    except StepError as error:
        said = error.reason or type(error).__name__
        Notice.objects.filter(pk=notice.pk).update(given_up_at=from_now(), answer=said[:500])
        return Answer(notice.to, ok=False, said=said)
    Notice.objects.filter(pk=notice.pk).update(sent_at=from_now(), answer=answer[:500])
    return Answer(notice.to, ok=True, said=answer)
