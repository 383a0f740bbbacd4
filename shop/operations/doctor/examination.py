"""All checks side by side. Whatever is broken, it ends: all have until the same moment, and no longer."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

from django.db import connections

from orders.database import outage, patience
from shop.operations.doctor import beside, broker, database, disk, integrations, printers, settings, sweep, workers
from shop.operations.doctor.finding import BROKEN, Finding, Findings

Check = Callable[[float], Findings]  # It is told until when it may take, by the monotonic clock.

CHECKS: dict[str, Check] = {
    "settings": settings.check,
    "database": database.check,
    "broker": broker.check,
    "sweep": sweep.check,
    "workers": workers.check,
    "disk": disk.check,
    "printers": printers.check,
    "integrations": integrations.check,
}
UNKNOWN = "Nobody can tell while the database does not answer as it should."
# Seconds.
SOONER = 1.0  # Checks that ask others side by side end so much before, and say who did not answer.
DATABASE_WAITS = 5.0  # for all statements of a check together


def examine(checks: dict[str, Check], seconds: float) -> Iterator[list[Finding]]:
    """The findings of each check, in the checks' sequence, as soon as they are there."""
    patience.install()
    until = time.monotonic() + seconds
    found: dict[str, list[Finding]] = {name: [] for name in checks}
    questions = {name: partial(_collect, name, check, found[name], until - SOONER) for name, check in checks.items()}
    ended: set[str] = set()
    waiting = list(checks)
    for name, answer in beside.ask(questions, until):
        ended.add(name)
        if answer is None:
            found[name].append(
                Finding(name, BROKEN, f"It did not answer in {seconds:.3g} s.", "Is what it needs there?")
            )
        while waiting and waiting[0] in ended:
            yield list(found[waiting.pop(0)])


def _collect(name: str, check: Check, into: list[Finding], until: float) -> bool:
    """True. Whatever a check raises is a finding; what it had found before stays."""
    try:
        with patience.bounded(patience.Together(DATABASE_WAITS)):
            for finding in check(until):
                into.append(finding)
    except outage.ANY as error:
        into.append(database.away(error) if name == database.NAME else Finding(name, BROKEN, UNKNOWN))
    except Exception as error:  # One check's fault must not hide what the others find.
        said = f"A fault in the desk itself ({type(error).__name__})."
        into.append(Finding(name, BROKEN, said, "Please report it."))
    finally:
        with suppress(*outage.ANY):  # The thread's own.
            connections.close_all()
    return True
