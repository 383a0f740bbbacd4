"""Messages that nobody could work on."""

from collections.abc import Iterator

from shop.staff.listed import listed
from shop.staff.needs.facts import Facts
from shop.staff.needs.need import Action, Need, Severity
from shop.staff.needs.words import counted


def needs(facts: Facts) -> Iterator[Need]:
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
