"""bin/faults: breaks a desk in forty-one ways, one by one, and checks that nothing is lost or twice.

bin/faults                          all of them
bin/faults NAME …                   some (bin/faults --list names them)
bin/faults --short                  all, with few orders: under eight minutes
bin/faults --soak MINUTES --seed N  at random, under load
"""

import argparse
import importlib
import itertools
import pkgutil
import sys
import time
from collections.abc import Iterable

from tests.faults import cases
from tests.faults.cases import ALL, Fault
from tests.faults.check import Verdict, check
from tests.faults.soak import soak
from tests.faults.world import World, world

ORDERS, FEW_ORDERS = 80, 12
SLOWLY = 0.5  # the part of the load that --short places while it waits for something

for module in pkgutil.iter_modules(cases.__path__):
    importlib.import_module(f"tests.faults.cases.{module.name}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bin/faults", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="faults to run; all if none is named")
    parser.add_argument("--list", action="store_true", help="name the faults")
    parser.add_argument("--short", action="store_true", help="few orders a fault")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="break things at random for so long")
    parser.add_argument("--seed", type=int, default=1, help="of the soak's chance")
    parser.add_argument("--verbose", action="store_true", help="show the logs' ends of what did not hold")
    return parser.parse_args()


def chosen(names: Iterable[str]) -> list[Fault]:
    """The faults by their number. Raises SystemExit for a name there is not."""
    if unknown := [name for name in names if name not in ALL]:
        sys.exit(f"There is no fault {', '.join(unknown)}. There are: {', '.join(ALL)}.")
    return sorted((ALL[name] for name in names or ALL), key=lambda fault: (fault.nodes, fault.number))


def run(fault: Fault, here: World, orders: int, verbose: bool) -> Verdict:
    """Breaks, heals, checks; prints the fault's line."""
    here.load.forget()
    started = time.monotonic()
    failure = ""
    try:
        fault.run(here, orders)
    except Exception as error:
        failure = f"{type(error).__name__}: {error}"
    here.heal()
    verdict = check(here, dead_letters=fault.dead_letters)
    verdict.complaints += [failure] if failure else []
    here.query("DELETE FROM orders_deadletter")
    line = "holds" if verdict.holds else "BROKEN: " + "; ".join(verdict.complaints)
    print(f"{fault.number:>2}  {fault.title:<76.76}  {time.monotonic() - started:5.1f} s  {line}", flush=True)
    if verbose and not verdict.holds:
        here.show_logs()
    return verdict


def main() -> int:
    options = arguments()
    if options.list:
        print("\n".join(f"{fault.number:>2}  {fault.name:<26} {fault.title}" for fault in chosen([])))
        return 0
    if options.soak:
        return soak(options.soak, options.seed)
    faults = chosen(options.names)
    verdicts: list[Verdict] = []
    for nodes, group in itertools.groupby(faults, key=lambda fault: fault.nodes):
        with world(nodes) as here:
            here.load.share = SLOWLY if options.short else 1
            verdicts += [run(fault, here, FEW_ORDERS if options.short else ORDERS, options.verbose) for fault in group]
    passed = sum(verdict.holds for verdict in verdicts)
    orders = sum(verdict.orders for verdict in verdicts)
    lost, twice = max(verdict.lost for verdict in verdicts), max(verdict.duplicated for verdict in verdicts)
    print(f"{passed}/{len(verdicts)} hold; orders {orders}; lost {lost}; duplicated {twice}")
    return 0 if passed == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
