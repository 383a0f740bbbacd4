#!/usr/bin/env python3
"""Django's command line for the order desk."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(f"Django is not installed for {sys.executable}. bin/manage has it, and makes it where it is missing.")

    from shop.refusal import in_one_line

    with in_one_line(hint="bin/manage runs a command in the environment of bin/quickstart"):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # Ctrl-C while it starts; each command says itself what it means later.
        sys.exit(130)
