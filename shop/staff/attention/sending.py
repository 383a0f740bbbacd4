"""Sends notices, each at least once: a worker that dies between the server's yes and our record of it sends it again.

Both times it has the same Message-ID or webhook-id, by which a repeat is known. None is lost: it stays due until it is
sent, or until it is a day old, when it is no news any more. A try holds its notice for LEASE, by the database's clock:
two workers don't send the same one. A server that hangs costs one try a round, and no round begins a try later than
BEGIN_WITHIN: with the bounds of a try it ends within the workers' time limit.
"""

import logging
import time
from datetime import timedelta

from django.db.models import F

from orders.database.clock import beyond, from_now
from orders.models import Notice
from orders.steps import Permanent, StepError
from shop.staff.attention import channels

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # longer than a try can take
BEGIN_WITHIN = 10.0  # seconds
DELAYS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30)]  # The last one again and again.
NO_NEWS = timedelta(days=1)
AT_ONCE = 100


def send_due() -> int:
    """Sends what is due, and returns how many were sent. Raises nothing for a server that does not want them."""
    Notice.objects.filter(sent_at=None, given_up_at=None, created_at__lt=from_now(-NO_NEWS)).update(
        given_up_at=from_now()
    )
    _bring_back()
    end, sent, failed = time.monotonic() + BEGIN_WITHIN, 0, set()
    due = Notice.objects.filter(sent_at=None, given_up_at=None, due_at__lte=from_now())
    for notice in due.order_by("due_at", "pk")[:AT_ONCE]:
        channel = channels.of(notice)
        if time.monotonic() > end:
            break
        if channel in failed or not _claim(notice):
            continue
        error = _send(notice)
        if error is None:
            sent += 1
        elif not isinstance(error, Permanent):  # Of a mail server, and not of one address: it is left alone now.
            failed.add(channel)
    return sent


def _bring_back() -> None:
    """Those that are due later than any is put off: the database's clock was set back. One may be tried just now."""
    ahead = Notice.objects.filter(sent_at=None, given_up_at=None, due_at__gt=beyond(max(LEASE, *DELAYS)))
    ahead.update(due_at=from_now(LEASE))


def _claim(notice: Notice) -> bool:
    """True if it is ours now. Without an answer it is one that is being sent."""
    due = Notice.objects.filter(pk=notice.pk, sent_at=None, given_up_at=None, due_at__lte=from_now())
    return bool(due.update(due_at=from_now(LEASE), tries=F("tries") + 1, answer=""))


def _send(notice: Notice) -> StepError | None:
    """What went wrong, if anything."""
    try:
        answer = channels.send(notice)
    except StepError as error:
        _put_off(notice, error)
        return error
    Notice.objects.filter(pk=notice.pk).update(sent_at=from_now(), answer=answer[:500])
    return None


def _put_off(notice: Notice, error: StepError) -> None:
    delay = DELAYS[min(notice.tries, len(DELAYS) - 1)]
    log.warning("attention: %s could not be told: %s", channels.of(notice), error.reason)
    Notice.objects.filter(pk=notice.pk, sent_at=None).update(
        due_at=from_now(delay), answer=(error.reason or type(error).__name__)[:500]
    )
