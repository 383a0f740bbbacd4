"""Workers that nobody has seen for a while, and a sweeper that does not come."""

from collections.abc import Iterator

from django.urls import reverse

from orders.models import Worker
from shop.staff.needs.facts import Facts
from shop.staff.needs.need import Need, Severity
from shop.staff.needs.words import lasted

LOOK, ACT = "orders.view_destination", "orders.change_destination"  # Those of operations.


def needs(facts: Facts) -> Iterator[Need]:
    if facts.sweep.trouble:
        yield no_sweep(facts)
    yield from (not_seen(facts, worker) for worker in facts.workers if facts.is_missing(worker))


def no_sweep(facts: Facts) -> Need:
    return Need(
        kind="sweep",
        subject="",
        sentence=f"Sweeper: {facts.sweep.trouble}",
        count=1,
        oldest=facts.sweep.ago,
        severity=Severity.ACT,
        permission=ACT,
        look=LOOK,
        url=f"{reverse('admin:index')}#workers",
    )


def not_seen(facts: Facts, worker: Worker) -> Need:
    since = facts.ago(worker.seen_at)
    for_long = f"was not seen for {lasted(since)}" if since else "was seen before the database's clock was set back"
    return Need(
        kind="worker",
        subject=worker.name,
        sentence=f"The worker {worker.name} {for_long}: does it run, and reach the database?",
        count=1,
        oldest=since,
        severity=Severity.ACT,
        permission=ACT,
        look=LOOK,
        url=f"{reverse('admin:index')}#workers",
    )
