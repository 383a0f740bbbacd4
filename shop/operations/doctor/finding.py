"""What the doctor found: a line each, and what an exit code says of all. Imports nothing of the desk's."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

OK, WARNING, BROKEN = range(3)  # and so the exit code
WORDS = ("ok", "warning", "broken")


@dataclass(frozen=True)
class Finding:
    """`check` says what was looked at; `level` is OK, WARNING or BROKEN; `what_to_do` is empty where all is well."""

    check: str
    level: int
    said: str
    what_to_do: str = ""

    def __str__(self) -> str:
        advice = f" -> {self.what_to_do}" if self.what_to_do else ""
        return f"{WORDS[self.level]:<8} {self.check:<12} {self.said}{advice}"


Findings = Iterator[Finding]


def code(found: Iterable[Finding]) -> int:
    """The exit code: the worst of them."""
    return max((finding.level for finding in found), default=OK)


def report(found: Iterable[Finding]) -> Mapping[str, Any]:
    """As JSON has it."""
    found = list(found)
    rows = [asdict(finding) | {"level": WORDS[finding.level]} for finding in found]
    return {"code": code(found), "status": WORDS[code(found)], "findings": rows}
