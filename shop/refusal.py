"""A process with a malformed setting ends with one line, and without a traceback: that would show what was set."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured

MISCONFIGURED = 3  # The exit code. gunicorn's master ends with such a worker, and does not start it again for ever.


@contextmanager
def in_one_line(hint: str = "") -> Iterator[None]:
    """Ends the process where the settings are refused; `hint` follows the reason."""
    try:
        yield
    except ImproperlyConfigured as error:
        print(f"Refused to start: {error}" + (f" ({hint})" if hint else ""), file=sys.stderr)
        raise SystemExit(MISCONFIGURED) from None
