#!/usr/bin/env python3
"""Django's command line for the order desk."""

import os
import sys


def main() -> None:
    end_by_ctrl_c()
    if sys.argv[1:2] == ["worker_alive"] and not {"--ready", "--help", "-h"} & {*sys.argv}:
        sys.exit(is_alive())
    if sys.argv[1:2] == ["doctor"]:
        end_the_doctor_in_time()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(f"Django is not installed for {sys.executable}. bin/manage has it, and makes it where it is missing.")

    from orders.database import patience
    from shop.endings import plainly
    from shop.refusal import as_the_doctor_says, in_one_line

    patience.install()  # Nothing is bounded, but Ctrl-C ends a wait for PostgreSQL: inside libpq it would not.
    refused = in_one_line(hint="bin/manage runs a command in the environment of bin/quickstart")
    with as_the_doctor_says(sys.argv) if sys.argv[1:2] == ["doctor"] else refused, plainly(sys.argv):
        execute_from_command_line(sys.argv)


def is_alive() -> int:
    """A probe that comes every few seconds: without Django, whose import takes a second of a core."""
    import runpy
    from pathlib import Path

    here = Path(__file__).resolve().parent
    probe = runpy.run_path(str(here / "shop" / "operations" / "alive.py"))
    return int(probe["main"](sys.argv[2:], here / ".env"))


def end_the_doctor_in_time() -> None:
    """By its own name among the modules, without the packages above it: they would take a second of a core."""
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path

    path = Path(__file__).resolve().parent / "shop" / "operations" / "doctor" / "deadline.py"
    spec = spec_from_file_location("shop.operations.doctor.deadline", path)
    if spec and spec.loader:
        sys.modules[spec.name] = deadline = module_from_spec(spec)
        spec.loader.exec_module(deadline)
        deadline.begin("--json" in sys.argv)


def end_by_ctrl_c() -> None:
    """Ctrl-C ends these commands at any moment: while Python reads files, a KeyboardInterrupt would be a traceback."""
    import signal
    from pathlib import Path

    commands = Path(__file__).resolve().parent / "shop" / "operations" / "management" / "commands"
    if (commands / f"{''.join(sys.argv[1:2])}.py").is_file():
        signal.signal(signal.SIGINT, signal.SIG_DFL)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
