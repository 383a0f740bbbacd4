"""Messages that nobody could work on, and events of which other programs could not be told."""

from collections.abc import Iterator

from django.urls import reverse

from shop.staff.listed import listed
from shop.staff.needs.facts import Facts
from shop.staff.needs.need import Action, Need, Severity
from shop.staff.needs.words import counted
from shop.staff.to_do import MOST

PUBLISH = "orders.change_destination"  # Operations have it.


def needs(facts: Facts) -> Iterator[Need]:
    yield from dead_letters(facts)
    if facts.to_do.refused.count:
        yield refused_events(facts)


def dead_letters(facts: Facts) -> Iterator[Need]:
    if facts.to_do.letters.count:
        url = listed("deadletter", again="no")
        yield Need(
            kind="dead letters",
            subject="",
            sentence=f"{counted(facts.to_do.letters.count, 'message')} nobody could work on (dead letters).",
            count=facts.to_do.letters.count,
            oldest=facts.ago(facts.to_do.letters.oldest),
            severity=Severity.ACT,
            permission="orders.change_deadletter",
            look="orders.view_deadletter",
            url=url,
            actions=(Action("See", url),),
        )


def refused_events(facts: Facts) -> Need:
    """It stays until somebody has them published again, or until they are old and deleted."""
    refused = facts.to_do.refused
    url = reverse("desk:refused-events")
    more = " or more" if refused.count >= MOST else ""
    return Need(
        kind="refused events",
        subject="",
        sentence=f"{counted(refused.count, 'event')}{more}: other programs could not be told. A queue of theirs is "
        "full, or was.",
        count=refused.count,
        oldest=facts.ago(refused.oldest),
        severity=Severity.ACT,
        permission=PUBLISH,
        look=PUBLISH,
        url=url,
        actions=(Action("Publish again…", url),),
    )
