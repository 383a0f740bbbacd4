"""A process with a malformed setting ends with one line, and without a traceback: that would show what was set."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured

from shop.operations.doctor.finding import BROKEN, Finding, report

MISCONFIGURED = 3  # The exit code. gunicorn's master ends with such a worker, and does not start it again for ever.


@contextmanager
def in_one_line(hint: str = "") -> Iterator[None]:
    """Ends the process where the settings are refused; `hint` follows the reason."""
    try:
        yield
    except ImproperlyConfigured as error:
        print(f"Refused to start: {error}" + (f" ({hint})" if hint else ""), file=sys.stderr)
        raise SystemExit(MISCONFIGURED) from None


@contextmanager
def as_the_doctor_says(arguments: Sequence[str]) -> Iterator[None]:
    """For `manage.py doctor`, which can't even start then: it ends with the doctor's line and exit code."""
    try:
        yield
    except ImproperlyConfigured as error:
        found = Finding("settings", BROKEN, f"Refused to start: {error}", "Nothing else was looked at.")
        print(json.dumps(report([found]), ensure_ascii=False) if "--json" in arguments else found)
        raise SystemExit(BROKEN) from None
