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
from tests.servers.turns import Turns

CHECKS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["python", "-m", "mypy"],
    "import contracts": ["lint-imports"],
}
PROGRAMS = Path(sys.executable).parent
# `bin/test` runs all in three shares beside each other, each with servers and ports of its own. What stands here is
# taken by whichever comes to it ("/*": file by file), the long ones first: whole desks, which wait, beside each other
# and beside units. All else is the first share's own.
SHARED = [
    "tests/shop/staff/test_pages.py", "tests/end_to_end/*", "tests/docs/*", "tests/orders/intake/*",
    "tests/shop/quickstart/*", "tests/peers/cups", "tests/peers", "tests/clients/*", "tests/deploy/*",
    "tests/integrations/mail", "tests/shop/staff/*",
]  # fmt: skip
SHARES = int(os.environ.get("TEST_SHARES", "3"))
BESIDE = "beside"  # A share's first argument; the second is a folder that all shares know.
# `bin/drill`: what takes long in one piece. It is no part of `bin/test`; .ci/run runs both.
DRILLS = [
    "tests/deploy/test_machine.py",
    "tests/docs/test_rabbitmq.py::test_every_command_of_the_page_prints_what_the_page_says",
    "tests/end_to_end/test_failover.py",
    "tests/end_to_end/test_scaling.py",
    "tests/end_to_end/test_upgrade.py",
    "tests/fuzz",
    "tests/printing/documents/test_memory.py",
    "tests/shop/quickstart/test_broker.py",
    "tests/shop/quickstart/test_interruptions.py",
]
WITHOUT_DRILLS = [f"--deselect={drill}" for drill in DRILLS]
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
    if not arguments or arguments == ["checks"]:
        check(parts)
    if arguments == ["checks"]:
        code = 0
    elif arguments:
        code = test(parts, given(arguments))
    elif any(os.environ.get(name) for name in GIVEN):
        code = test(parts, WITHOUT_DRILLS)
    else:
        code = in_shares(parts)
    return code or int(bool(parts.failed))


def given(arguments: list[str]) -> list[str]:
    """What pytest is told, where the first word is one of ours."""
    if arguments[0] == "fuzz":
        os.environ.update({name: value for name, value in MORE.items() if name not in os.environ})
        return [*FUZZ, *arguments[1:]]
    if arguments[0] == "drill":
        return [*DRILLS, *arguments[1:]]
    return arguments


def test(parts: Parts, arguments: list[str], *plugins: object) -> int:
    """One run of pytest. Returns its exit code."""
    with ExitStack() as ending:
        try:
            start_database(parts, ending)
        except StartFailed as error:
            print(error)
            return 1
        return int(pytest.main([*selection(), *arguments], plugins=[parts, *plugins]))


def in_shares(parts: Parts) -> int:
    """All tests, in runs beside each other. Returns the first exit code that is not 0."""
    with tempfile.TemporaryDirectory(prefix="order-desk-begun-") as begun, ExitStack() as ending:
        others = [ending.enter_context(beside(number, begun)) for number in range(1, SHARES)]
        code = test(parts, WITHOUT_DRILLS, Turns(Path(begun), SHARED))
        if code == pytest.ExitCode.INTERRUPTED:
            return code
        # Whatever became of this share, what the others say is worth knowing.
        codes = [code, *(other() for other in others)]
        return next(filter(None, codes), 0)


def share(begun: str) -> int:
    """What another run has started beside itself."""
    folders = {folder.removesuffix("/*") for folder in SHARED}
    inside = {folder for folder in folders if str(Path(folder).parent) in folders}
    return test(Parts(), [*sorted(folders - inside), *WITHOUT_DRILLS], Turns(Path(begun), SHARED))


@contextmanager
def beside(number: int, begun: str) -> Iterator[Callable[[], int]]:
    """Starts a share as a process; what is yielded waits for it, prints what it said, and gives its code."""
    os.environ[SHARE] = f"0/{SHARES}"
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.suite", BESIDE, begun],
            env=os.environ | {SHARE: f"{number}/{SHARES}"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )

        def ended() -> int:
            print(f"\nBeside it, share {number + 1} of {SHARES}:", flush=True)
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
        sys.exit(share(sys.argv[2]) if sys.argv[1:2] == [BESIDE] else run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
