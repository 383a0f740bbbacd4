"""A command for a terminal: a line at a time, ended by Ctrl-C or by a reader that is gone, never by a traceback."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders.database import outage
from shop.operations.interrupts import Interrupts

INTERRUPTED = 130  # as a shell has it of a program that SIGINT ended
CONTROL = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], "\N{REPLACEMENT CHARACTER}")


class NobodyReads(Exception):
    """The reader of the command's output has gone: `… | head`."""


class Program(BaseCommand):
    """`run`, a subclass's method, does the work and returns the exit code.

    `interrupted` is the code of one that Ctrl-C (or SIGTERM, SIGHUP) ended: 0 where that is how it ends. All others
    say that they have not come to their end: their 0 would mean that all was done, or is well.
    """

    run: Callable[..., int]
    interrupted = INTERRUPTED
    requires_system_checks = ()
    requires_migrations_checks = False

    def execute(self, *args: Any, **options: Any) -> None:
        code = 0
        with Interrupts() as self.interrupts:
            try:
                code = self._run(*args, **options)
            except KeyboardInterrupt:
                code = self._ended_early()
            except NobodyReads:
                _read_no_more()
            except Exception:
                if not self.interrupts.over:  # Else: Ctrl-C, in the midst of an import.
                    raise
                code = self._ended_early()
        if code:
            raise SystemExit(code)

    def _run(self, *args: Any, **options: Any) -> int:
        with suppress(AttributeError):  # Not a terminal's or a file's: a test's.
            self.stdout._out.reconfigure(errors="backslashreplace")  # type: ignore[attr-defined]
        self.code = 0
        try:
            super().execute(*args, **options)
        except outage.ANY as error:
            said = " ".join(str(error).split()) or type(error).__name__
            raise CommandError(f"The database does not answer as it should: {said}") from error
        return self.code

    def _ended_early(self) -> int:
        if self.interrupted:
            with suppress(OSError):
                self.stderr.write("Interrupted before its end.")
        return self.interrupted

    def handle(self, *args: Any, **options: Any) -> None:
        self.code = self.run(**options)

    def say(self, line: str = "") -> None:
        """Prints a line at once; what would move a terminal's cursor is replaced. Raises NobodyReads, CommandError."""
        try:
            self.stdout.write(line.translate(CONTROL))
            self.stdout.flush()
        except BrokenPipeError:
            raise NobodyReads from None
        except OSError as error:
            _read_no_more()
            raise CommandError(f"The output can't be written: {error.strerror}.") from error


def _read_no_more() -> None:
    """Python writes what is left at its end: to nowhere then, without a word."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
