"""Programs that take the desk's messages and are none of its workers."""

from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from orders.messaging.looking import apart_from_tasks
from orders.messaging.queues import DESK, LOST_TO_OTHERS
from shop.staff.needs.facts import Facts
from shop.staff.needs.need import Need, Severity
from shop.staff.needs.words import counted
from shop.staff.needs.workers import ACT, LOOK


def needs(facts: Facts) -> Iterator[Need]:
    """Of each queue every worker of it that is seen counts for one consumer; who comes on top is a stranger.

    Where no worker has reported (yet), nobody knows who is one.
    """
    if not facts.workers or any(facts.is_missing(worker) for worker in facts.workers):
        return
    alive = [worker for worker in facts.workers if not facts.late(worker)]
    all_serve = dict.fromkeys(apart_from_tasks(), len(alive))
    ours = Counter(queue for worker in alive for queue in worker.queues) + Counter(all_serve)
    for name in dict.fromkeys([*settings.STEP_QUEUES.values(), DESK, *all_serve]):
        consumers = facts.queues.queues[name].consumers if name in facts.queues.queues else None
        if (strangers := (consumers or 0) - ours[name]) > 0:
            yield stranger(name, strangers)


def stranger(queue: str, count: int) -> Need:
    programs = f"{counted(count, 'program')} {'takes' if count == 1 else 'take'}"
    lost = LOST_TO_OTHERS.get(queue, "comes late, when the sweeper notices")
    return Need(
        kind="stranger",
        subject=queue,
        sentence=f"{programs} messages out of the queue {queue} and {'is' if count == 1 else 'are'} no worker of the "
        f"desk: what is taken {lost}.",
        count=count,
        oldest=None,
        severity=Severity.ACT,
        permission=ACT,
        look=LOOK,
        url=f"{reverse('admin:index')}#destinations",
    )
