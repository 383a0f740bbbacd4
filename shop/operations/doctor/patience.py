"""How long the doctor may take: it ends in time also where a busy machine took long to start it."""

from shop.operations.doctor.deadline import age

ALL = 12.0  # seconds from the process's start to the last finding: what is left of twenty is for saying it
MOST, LEAST = 10.0, 3.0  # seconds for the checks


def left() -> float:
    """Seconds that the checks have."""
    return min(MOST, max(LEAST, ALL - age()))
