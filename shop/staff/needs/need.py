"""Something that needs a person, as data: the front page shows it, and operators are told of it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

User = AbstractBaseUser | AnonymousUser


class Severity(StrEnum):
    """What becomes of it if nobody does anything."""

    ACT = "act"  # It stays until a person acts.
    MENDS_ITSELF = "mends itself"
    ON_PURPOSE = "on purpose"  # Somebody wanted it so.


@dataclass(frozen=True)
class Action:
    """A button. With `form` it posts these fields to `url`; without, it is the way to that page.

    `permission` is what it takes, where that is more than the need's own.
    """

    label: str
    url: str
    form: tuple[tuple[str, str], ...] = ()
    permission: str = ""


@dataclass(frozen=True)
class Part:
    """A reason, how many it concerns, and the list of exactly these."""

    words: str
    count: int
    url: str


@dataclass(frozen=True)
class Need:
    """`kind` and `subject` together stay the same as long as the cause does: who is told once is told by them.

    `sentence` says what is wrong, in words; `count` is how many rows wait for it, and `url` the list of exactly these
    (or the place on the front page, where they are no rows of a list). `parts` say why, where there are several
    reasons; `short` is the sentence without these. Who has `permission` can act on it; `look` is what it takes to open
    the list.
    """

    kind: str
    subject: str
    sentence: str
    count: int
    oldest: timedelta | None
    severity: Severity
    permission: str
    look: str
    url: str
    actions: tuple[Action, ...] = ()
    parts: tuple[Part, ...] = ()
    short: str = ""

    @property
    def beside_parts(self) -> str:
        """The sentence where the parts are shown beside it, and say why."""
        return self.short or self.sentence

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.subject}"

    def urgent_for(self, user: User | None) -> bool:
        """It waits for a person, and this one can act on it."""
        return self.severity is Severity.ACT and may(user, self.permission)

    def actions_of(self, user: User | None) -> tuple[Action, ...]:
        """Those of its buttons that this user may press."""
        return tuple(one for one in self.actions if may(user, one.permission or self.permission))


def may(user: User | None, permission: str) -> bool:
    """Without a user: whoever is told of it may."""
    return user is None or bool(getattr(user, "has_perm")(permission))  # noqa: B009 - the base of all users has none
