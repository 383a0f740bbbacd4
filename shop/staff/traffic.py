"""What is under way to each destination, as staff's pages count it: each number has its list."""

from collections.abc import Iterable

from orders.models import Destination
from orders.steps.backlog import Backlog, backlogs
from shop.staff.listed import listed


class Traffic(Backlog):
    """A destination's backlog as staff's pages show it."""

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


def traffic(destinations: Iterable[Destination] | None = None) -> dict[str, Traffic]:
    """By the destination's name. Who has read the destinations already gives them along."""
    return backlogs(Traffic, destinations)
