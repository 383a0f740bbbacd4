"""Times that people type, in the shop's time zone. Twice a year the clock tells a time twice, or leaves one out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone


@dataclass(frozen=True)
class Typed:
    """What was meant, and what should be said about it, if anything."""

    at: datetime
    note: str = ""


def read_moment(text: str) -> Typed:
    """ "2026-11-24T08:00", "2026-11-24 08:00" or with seconds, a "Z" or an offset. ValueError in a sentence.

    Of an hour that comes twice the first is meant; a time that the clock left out is the moment it went on.
    """
    try:
        typed = datetime.fromisoformat(text.strip())
        if typed.tzinfo:
            return Typed(typed.astimezone(UTC))
        return _local(typed.replace(fold=0))
    except (ValueError, OverflowError):
        raise ValueError("Please give day and time, like 2026-11-24 08:00.") from None


def _local(typed: datetime) -> Typed:
    zone = timezone.get_current_timezone()
    first, second = (typed.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    said = f"{typed:%Y-%m-%d %H:%M}"
    if first == second:
        return Typed(first)
    if first.astimezone(zone).replace(tzinfo=None) == typed:
        return Typed(first, f"{said} came twice, since the clock was put back: the first is meant.")
    return Typed(at := _went_on(second, first, zone), f"{said} never came: the clock went on to {local(at)}.")


def _went_on(before: datetime, after: datetime, zone: ZoneInfo | object) -> datetime:
    """The moment between the two at which the clock was put forward."""
    offset = timezone.localtime(before, zone).utcoffset()  # type: ignore[arg-type]
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if timezone.localtime(middle, zone).utcoffset() == offset:  # type: ignore[arg-type]
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def local(at: datetime) -> str:
    """ "2026-11-24 08:00" """
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def this_morning(now: datetime, hour: int) -> datetime:
    """That hour of today, or of yesterday as long as it has not come."""
    here = timezone.localtime(now)
    morning = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    return morning if morning <= here else (morning - timedelta(days=1))
