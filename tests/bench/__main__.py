"""bin/bench: measures the desk against what else one could do, each pair in turns inside one run.

bin/bench                all of them, in about half an hour
bin/bench NAME …         some of them
bin/bench --quick        all of them with few measurements, in some minutes
bin/bench --check        exits 1 if a target is missed
bin/bench --json         prints JSON instead of the table
"""

import argparse
import importlib
import sys
import time
import traceback
from collections.abc import Callable

from tests.bench.ground import Ground, ground
from tests.bench.report import Figure, as_json, table

Bench = Callable[[Ground], list[Figure]]
BENCHES = {
    "post": "tests.bench.post:post",
    "slow": "tests.bench.slow:slow",
    "post-down": "tests.bench.post:post_down",
    "dispatch": "tests.bench.dispatch:dispatch",
    "pipeline": "tests.bench.pipeline:pipeline",
    "orders": "tests.bench.pipeline:orders",
    "slip": "tests.bench.slip:slip",
    "drain": "tests.bench.drain:drain",
    "million": "tests.bench.million:million",
    "status": "tests.bench.status:status",
    "outage": "tests.bench.outage:outage",
    "events": "tests.bench.events:events",
    "staff": "tests.bench.staff:staff",
    "scale": "tests.bench.scale:scale",
    "peers": "tests.bench.peers.bench:peers",
}


def load(name: str) -> Bench:
    module, _, function = BENCHES[name].partition(":")
    bench: Bench = getattr(importlib.import_module(module), function)
    return bench


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bin/bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHES)}; all if none is named")
    parser.add_argument("--quick", action="store_true", help="few measurements")
    parser.add_argument("--check", action="store_true", help="exit 1 if a target is missed")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in BENCHES]:
        parser.error(f"there is no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    return options


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    options = arguments()
    figures: list[Figure] = []
    failed: list[str] = []
    with ground(quick=options.quick) as here:
        for name in options.names or BENCHES:
            started = time.monotonic()
            try:
                here.clear()
                found = load(name)(here)
            except Exception:
                say(f"{name}: it could not be measured\n{traceback.format_exc()}")
                failed.append(name)
            else:
                figures += found
                say(table(found))  # Half an hour is long: each part is told when it is known.
            say(f"{name}: {time.monotonic() - started:.0f} s")
    print(as_json(figures) if options.json else table(figures))
    missed = [f"{figure.bench}: {figure.what}" for figure in figures if not figure.holds]
    if missed:
        say("missed: " + "; ".join(missed))
    return int(bool(failed) or (options.check and bool(missed)))


if __name__ == "__main__":
    sys.exit(main())
