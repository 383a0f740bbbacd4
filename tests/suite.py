"""The second half of `bin/test`: runs the checks, then pytest with a PostgreSQL of its own. Exits 1 if any failed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import pytest

from shop.quickstart.processes import StartFailed
from tests.servers import postgres, rabbitmq
from tests.servers.shares import SHARE

CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["python", "-m", "mypy"],
    "import contracts": ["lint-imports"],
}
PROGRAMS = Path(sys.executable).parent
# Mostly whole desks, which wait: they run beside the rest, with servers and ports of their own, in a third of the time.
BESIDE = [
    [
        "tests/clients", "tests/docs", "tests/fuzz", "tests/integrations/mail", "tests/orders/intake", "tests/peers",
        "tests/shop/quickstart",
    ],
    ["tests/deploy", "tests/end_to_end"],
]  # fmt: skip
# `bin/test fuzz`: more of what is made up by chance than each run of all tests has.
FUZZ = ["tests/fuzz", "tests/orders/api/test_any_input.py", "tests/end_to_end/test_sockets.py"]
MORE = {"FUZZ_CASES": "5000", "HYPOTHESIS_EXAMPLES": "2000"}
GIVEN = ("SHOP_TEST_DATABASE_URL", "SHOP_TEST_BROKER_URL")  # Servers of somebody's: there is one of each.


class Parts:
    """What was run and how it ended. As a pytest plugin it repeats the list above pytest's last line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.failed: list[str] = []

    def note(self, name: str, ok: bool, seconds: float) -> None:
        line = f"{'ok    ' if ok else 'FAILED'}  {name:<17} {seconds:6.1f} s"
        self.lines.append(line)
        if not ok:
            self.failed.append(name)
        print(line, flush=True)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.lines:
            terminalreporter.section("parts")
        for line in self.lines:
            terminalreporter.write_line(line, red=line.startswith("FAILED"))


def check(parts: Parts) -> None:
    for name, command in CHECKS.items():
        started = time.monotonic()
        done = subprocess.run(
            [PROGRAMS / command[0], *command[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(done.stdout + done.stderr, flush=True)
        parts.note(name, done.returncode == 0, time.monotonic() - started)


def start_database(parts: Parts, ending: ExitStack) -> None:
    """The units run on PostgreSQL, as production does. (RabbitMQ is started by the first test that needs it.)"""
    if os.environ.get("SHOP_TEST_DATABASE_URL"):
        return
    started = time.monotonic()
    database = ending.enter_context(postgres.server(postgres.CARELESS))
    os.environ["SHOP_TEST_DATABASE_URL"] = database.url
    parts.note("PostgreSQL", True, time.monotonic() - started)


def selection() -> list[str]:
    """Leaves out tests that stop and start their broker where there is only somebody else's. Never in CI."""
    if os.environ.get("CI") == "true" or not os.environ.get("SHOP_TEST_BROKER_URL"):
        return []
    try:
        rabbitmq.program("rabbitmq-server")
    except StartFailed:
        print("RabbitMQ is not installed here: the tests that stop and start their own broker are left out.")
        return ["-m", "not own_broker"]
    return []


def run(arguments: list[str]) -> int:
    parts = Parts()
    if arguments[:1] == ["fuzz"]:
        os.environ.update({name: value for name, value in MORE.items() if name not in os.environ})
        arguments = [*FUZZ, *arguments[1:]]
    if not arguments or arguments == ["checks"]:
        check(parts)
    if arguments == ["checks"]:
        return int(bool(parts.failed))
    in_shares = not arguments and not any(os.environ.get(name) for name in GIVEN)
    with ExitStack() as ending:
        others = [ending.enter_context(beside(number)) for number in range(len(BESIDE))] if in_shares else []
        try:
            start_database(parts, ending)
        except StartFailed as error:
            print(error)
            return 1
        mine = [f"--ignore={path}" for paths in BESIDE for path in paths] if others else selection()
        code = pytest.main([*mine, *arguments], plugins=[parts])
        if code != pytest.ExitCode.INTERRUPTED:
            # Whatever became of this share, what the others say is worth knowing.
            codes = [int(code), *(other() for other in others)]
            code = next(filter(None, codes), 0)
    return int(code) or int(bool(parts.failed))


@contextmanager
def beside(number: int) -> Iterator[Callable[[], int]]:
    """Starts a part of BESIDE as a process; what is yielded waits for it, prints what it said, and gives its code."""
    shares = len(BESIDE) + 1
    os.environ[SHARE] = f"0/{shares}"
    with tempfile.TemporaryFile("w+") as said:
        command = [sys.executable, "-m", "tests.suite", *BESIDE[number]]
        process = subprocess.Popen(
            command,
            env=os.environ | {SHARE: f"{number + 1}/{shares}"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )

        def ended() -> int:
            print(f"\nBeside it: {', '.join(BESIDE[number])}", flush=True)
            code = process.wait()
            said.seek(0)
            print(said.read(), flush=True)
            return code

        try:
            yield ended
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait()


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
