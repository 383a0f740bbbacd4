"""bin/bench: measures the desk against what else one could do, each pair in turns inside one run.

bin/bench slip [--rounds N] [--lines N]    a slip, beside a plain pisa.CreatePDF of the same template
"""

import os
import sys

import django

BENCHES = ("slip",)


def main() -> int:
    name, *arguments = sys.argv[1:] or ["--help"]
    if name not in BENCHES:
        print(__doc__)
        return 0 if name in ("-h", "--help") else 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.bench import slip

    return slip.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
