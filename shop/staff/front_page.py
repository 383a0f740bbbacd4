"""What staff want to see first: how much came in today, and what does not move."""

from typing import Any

from orders.messaging.periodic import SWEEP, Condition
from orders.models import Destination
from shop.staff.cards import cards
from shop.staff.traffic import Traffic, traffic

__all__ = ["Traffic", "overview", "traffic"]


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
