"""The paper that documents are drawn on. Pure."""

from dataclasses import dataclass

MM = 72 / 25.4  # points

# As settings and rows say it, and as people read it.
PAPERS = {"a4": "A4", "a5": "A5", "letter": "Letter"}


@dataclass(frozen=True)
class Sheet:
    """What the templates' style needs to know of a paper. `inner`: points between the margins."""

    size: str  # as CSS has it
    margin: str
    inner: float
    small: bool = False
    body: int = 11  # points, as `name`
    name: int = 16


SHEETS = {
    "a4": Sheet("a4", "12mm 12mm 18mm 12mm", (210 - 24) * MM),
    "letter": Sheet("letter", "12mm 12mm 18mm 12mm", 612 - 24 * MM),
    "a5": Sheet("a5", "8mm 8mm 15mm 8mm", (148 - 16) * MM, small=True, body=10, name=14),
}


def check_paper(size: str) -> None:
    if size not in PAPERS:
        raise ValueError(f"write one of {', '.join(PAPERS)}.")
