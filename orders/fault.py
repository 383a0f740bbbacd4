"""What is wrong with a part of an order: a sentence for people, and a word for programs."""

from typing import Self

MOST_SHOWN = 32  # characters of a name that somebody made up


class Fault(str):
    """A sentence. `code` is its stable word: docs/api.md lists them. One without text says that nothing is wrong.

    The sentence is for the sender, and may quote him. What is kept or logged is made of the code, of `field` (the
    how-manieth of its object it is, for one whose name is the sender's own) and of `near`, a name that the desk knows.
    """

    __slots__ = ("code", "field", "near")
    code: str
    field: int
    near: str

    def __new__(cls, text: str = "", code: str = "", *, field: int = 0, near: str = "") -> Self:
        fault = super().__new__(cls, text)
        fault.code, fault.field, fault.near = code, field, near
        return fault


NONE = Fault()


class Refused(Exception):
    """A part of an order can't be read. `found` is a list of faults, or faults by field and position."""

    def __init__(self, found: Fault | dict[str, object] | dict[int, object]) -> None:
        self.found = [found] if isinstance(found, Fault) else found


def shown(name: str) -> str:
    """A name that somebody made up, so that it can be told: its beginning, in characters that can be seen."""
    cut = name if len(name) <= MOST_SHOWN else f"{name[: MOST_SHOWN - 1]}…"
    return "".join(char if char.isprintable() else "\ufffd" for char in cut)
