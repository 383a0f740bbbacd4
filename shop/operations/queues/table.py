"""The look at all queues as a table for a terminal."""

from datetime import datetime

from orders.steps.backlog import age
from shop.operations.queues.view import Line, View

HEADS = (
    "queue", "type", "ready", "unacked", "consumers", "workers", "open", "held", "waiting", "parked", "oldest",
)  # fmt: skip
UNKNOWN = "–"


def table(view: View) -> list[str]:
    """The lines of the table; the warnings and what is not known below it."""
    rows = [HEADS, *(_cells(line, view.at) for line in view.queues)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = ["  ".join(_placed(cell, width, place) for place, (cell, width) in enumerate(zip(row, widths, strict=True)))
             for row in rows]  # fmt: skip
    return [*(line.rstrip() for line in lines), *notes(view), *(f"! {warning}" for warning in view.warnings)]


def notes(view: View) -> list[str]:
    if view.away:
        return [f"The broker does not answer: {view.broker}"]
    if view.broker == "embedded":
        return ["The broker is embedded: messages are files, and it does not know its consumers."]
    return [] if view.management == "ok" else [f"unacked is not known: {view.management}"]


def _cells(line: Line, now: datetime) -> tuple[str, ...]:
    counts = (
        line.ready, line.unacknowledged, line.consumers, line.workers, line.open, line.held, line.waiting, line.parked,
    )  # fmt: skip
    shown = (UNKNOWN if count is None else str(count) for count in counts)
    return (line.queue, line.type or UNKNOWN, *shown, age(line.oldest, now) or UNKNOWN)


def _placed(cell: str, width: int, place: int) -> str:
    return cell.ljust(width) if place < 2 else cell.rjust(width)
