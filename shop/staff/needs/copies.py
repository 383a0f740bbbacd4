"""A database that is marked as another desk's, or not at all: everything in it is held until somebody adopts it."""

from collections.abc import Iterator

from django.urls import reverse

from orders.steps.instance import told
from shop.staff.needs.facts import Facts
from shop.staff.needs.need import Action, Need, Severity
from shop.staff.needs.workers import ACT, LOOK


def needs(facts: Facts) -> Iterator[Need]:
    """The line above every page says how it is marked; this one has the button."""
    if told(facts.to_do.mark):
        count = sum(line.open for line in facts.traffic.values())
        yield Need(
            kind="copy",
            subject="",
            sentence="No step goes out and no slip is printed: the database is not marked as this desk’s own.",
            count=count,
            oldest=None,
            severity=Severity.ACT,
            permission=ACT,
            look=LOOK,
            url=f"{reverse('admin:index')}#destinations",
            actions=(Action("Adopt it…", reverse("desk:adopt")),),
        )
