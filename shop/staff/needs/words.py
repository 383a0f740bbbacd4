"""Counts and ages in sentences."""

from datetime import timedelta


def counted(number: int, noun: str) -> str:
    """ "1 slip", "2 slips" """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def lasted(time: timedelta | None) -> str:
    """ "12 s", "5 min", "3 h", "2 days" """
    seconds = int(time.total_seconds()) if time else 0
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
