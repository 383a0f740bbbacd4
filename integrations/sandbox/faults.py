"""Failures on demand: of the next few requests, of all until they are cleared, or of some at random."""

import random
import threading
from dataclasses import dataclass, field

DESTINATIONS = ("sap", "marketing")
# What can go wrong besides an HTTP status.
BEFORE = ("hang", "refuse", "html", "login")  # The request has no effect.
AFTER = ("drop-reply", "cut-reply", "slow-drip", "hang-after")  # The request takes effect; its answer is damaged.
SLOW = ("late",)  # The request takes effect, or is looked up, at once; its answer comes when the fault is cleared.
SESSION = ("lose-session",)  # Token and cookie are forgotten first.
KINDS = (*BEFORE, *AFTER, *SLOW, *SESSION)


@dataclass
class Fault:
    """`count` requests get it; None means until cleared. With a `rate`, each request gets one of `kinds` by chance.

    With a `method`, only requests of that method count.
    """

    kinds: tuple[str, ...]
    count: int | None = None
    rate: float = 1.0
    seed: int = 0
    method: str = ""
    luck: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.luck = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def __str__(self) -> str:
        times = "until cleared" if self.count is None else f"{self.count} times"
        chance = "" if self.rate >= 1 else f", {self.rate:.0%} of requests, seed {self.seed}"
        return f"{', '.join(self.kinds)} ({times}{chance})"


class Faults:
    """The faults each stand-in is told to show. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: dict[str, list[Fault]] = {name: [] for name in DESTINATIONS}
        self.cleared = threading.Event()

    def add(self, destination: str, fault: Fault) -> None:
        """Raises ValueError, in words, for what can't be done."""
        if destination not in DESTINATIONS:
            raise ValueError(f"destination must be one of {', '.join(DESTINATIONS)}")
        for kind in fault.kinds:
            if kind not in KINDS and not (kind.isdecimal() and 300 <= int(kind) <= 599):
                raise ValueError(f"kind must be an HTTP status from 300 to 599, or one of {', '.join(KINDS)}")
        if not fault.kinds or not 0 < fault.rate <= 1 or (fault.count is not None and fault.count < 1):
            raise ValueError("count must be 1 or more, rate above 0 and up to 1, kinds not empty")
        with self._lock:
            self._faults[destination].append(fault)

    def clear(self, destination: str = "") -> None:
        """Ends all faults (of one destination); requests that hang are let go."""
        with self._lock:
            for name in [destination] if destination else DESTINATIONS:
                self._faults[name] = []
            self.cleared.set()
            self.cleared = threading.Event()

    def take(self, destination: str, method: str = "") -> str:
        """The kind of fault the next request shows; "" for none."""
        with self._lock:
            for fault in self._faults[destination]:
                if fault.method and fault.method != method:
                    continue
                if fault.rate < 1 and fault.luck.random() >= fault.rate:
                    continue
                if fault.count is not None:
                    fault.count -= 1
                    if not fault.count:
                        self._faults[destination].remove(fault)
                return fault.kinds[0] if len(fault.kinds) == 1 else fault.luck.choice(fault.kinds)
        return ""

    def shown(self) -> dict[str, list[str]]:
        with self._lock:
            return {name: [str(fault) for fault in faults] for name, faults in self._faults.items()}
