"""How a command of `manage.py` ends when something outside of it fails: with a line, and exit code 1.

`--traceback` shows all of it, as it does in Django's own commands.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress


@contextmanager
def plainly(arguments: Sequence[str]) -> Iterator[None]:
    """A reader who has gone (`… | head`) ends the command without a word."""
    try:
        with _flushed():
            yield
    except BrokenPipeError as error:
        _write_no_more()
        raise SystemExit(error.__context__.code if isinstance(error.__context__, SystemExit) else 0) from None
    except Exception as error:
        said = _in_words(error)
        if not said or "--traceback" in arguments:
            raise
        _write_no_more()
        print(said, file=sys.stderr)
        raise SystemExit(1) from None


@contextmanager
def _flushed() -> Iterator[None]:
    """What Python writes at its very end can fail there, where nobody can catch it."""
    try:
        yield
    finally:
        sys.stdout.flush()


def _write_no_more() -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _in_words(error: Exception) -> str:
    """Nothing for what is a fault of the desk's own."""
    from orders.database import outage

    if isinstance(error, outage.AWAY):
        return f"The database is away: {outage.describe(error)}"
    if isinstance(error, EOFError):
        return (
            "It asks a question, and there is nobody to answer it; --help lists the option that does, if there is one."
        )
    if isinstance(error, OSError) and not error.filename:
        return f"It broke off: {error.strerror or error}."
    return ""
