"""What staff want to see first: how much came in today, and what does not move."""

from typing import Any

from orders.messaging.periodic import SWEEP, Condition
from orders.models import Destination
from orders.steps.backlog import Backlog, backlogs
from shop.staff.cards import cards, listed


class Traffic(Backlog):
    """A destination's backlog as the front page shows it."""

    @property
    def lists(self) -> dict[str, str]:
        """The addresses of the lists behind the numbers."""
        return {
            "on_the_way": listed("step", to=self.name, flow="way"),
            "held_or_waiting": listed("step", to=self.name, flow="held"),
            "parked": listed("step", to=self.name, state__exact="parked"),
        }

    @property
    def on_the_way(self) -> int:
        return self.running + (0 if self.holds_steps else self.queued)

    @property
    def held_or_waiting(self) -> int:
        """Held steps, and those that wait until they are tried again."""
        return self.waiting + (self.queued if self.holds_steps else 0)


def traffic() -> dict[str, Traffic]:
    return backlogs(Traffic)


def overview(context: dict[str, Any]) -> dict[str, Any]:
    """The numbers of the admin's first page, for the user who looks at it."""
    lines = traffic()
    destinations = Destination.objects.select_related("probe").in_bulk(list(lines))
    open_steps = sum(line.on_the_way + line.held_or_waiting for line in lines.values())
    return {
        "cards": list(cards(context["request"].user, open_steps, sum(line.parked for line in lines.values()))),
        "may_manage": context["request"].user.has_perm("orders.view_destination"),
        "sweeper": Condition.of(SWEEP),
        "destinations": [(destinations.get(name, Destination(name=name)), line) for name, line in lines.items()],
    }
