"""The faults, by what they break. Each is a function that breaks the world and leaves it for `heal` and `check`.

Its docstring's first line is what the table says; `orders` is how many it should place, about.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.world import World

Break = Callable[[World, int], None]


@dataclass(frozen=True)
class Fault:
    number: int
    name: str
    run: Break
    nodes: int = 1
    dead_letters: int = 0

    @property
    def title(self) -> str:
        return (self.run.__doc__ or "").splitlines()[0].rstrip(".")


ALL: dict[str, Fault] = {}


def fault(number: int, *, nodes: int = 1, dead_letters: int = 0) -> Callable[[Break], Break]:
    """Registers a function as a fault, under its own name with hyphens."""

    def register(run: Break) -> Break:
        name = run.__name__.replace("_", "-")
        ALL[name] = Fault(number, name, run, nodes, dead_letters)
        return run

    return register
