"""A printer of Debian's own making: `ippeveprinter`, with a mechanism whose mood the test sets."""

import os
import time
from pathlib import Path

from shop.quickstart.ports import answers, free_port
from shop.quickstart.processes import Process
from tests.peers.cups.bus import Bus, program

# What turns a document into a sheet. `mood` says how; a sheet is a file in `tray`, which has its name as soon as it is
# there: whoever looks between a file's making and its filling would find a sheet of no order.
MECHANISM = """#!/bin/sh
mood=$(cat {folder}/mood)
if [ "$mood" = empty ]; then
    echo "STATE: +media-empty,media-needed" >&2
    while [ "$(cat {folder}/mood)" = empty ]; do sleep 0.1; done
    echo "STATE: -media-empty,media-needed" >&2
fi
if [ "$mood" = slow ]; then while [ "$(cat {folder}/mood)" = slow ]; do sleep 0.1; done; fi
if [ "$mood" = broken ]; then echo "ERROR: It broke." >&2; exit 1; fi
printf '%s' "$IPP_JOB_NAME" > "{folder}/sheet-$$"
mv "{folder}/sheet-$$" "{folder}/tray/$(date +%s%N)-$$"
"""


class Printer:
    """`mood`: "well", "empty" (paper out), "slow", "broken". What came out: `sheets()`."""

    def __init__(self, folder: Path, bus: Bus) -> None:
        self.folder = folder
        self.port = free_port()
        (folder / "tray").mkdir(parents=True)
        (folder / "documents").mkdir()
        self.set_mood("well")
        mechanism = folder / "mechanism"
        mechanism.write_text(MECHANISM.format(folder=folder))
        mechanism.chmod(0o755)
        command: list[str | Path] = [
            program("ippeveprinter"),
            "-p",
            str(self.port),
            "-r",
            "off",
            "-k",
            "-d",
            folder / "documents",
        ]
        command += ["-f", "application/pdf", "-n", "localhost", "-c", mechanism, "slips"]
        environment = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": bus.address}
        self.process = Process("ippeveprinter", command, log=folder / "log", env=environment, cwd=folder)

    @property
    def url(self) -> str:
        return f"ipp://localhost:{self.port}/ipp/print"

    def set_mood(self, mood: str) -> None:
        draft = self.folder / "mood.new"
        draft.write_text(mood)
        draft.rename(self.folder / "mood")

    def start(self) -> None:
        self.process.start()
        self.process.wait_until(lambda: answers(self.port), 20)

    def kill(self) -> None:
        """SIGKILL, for its mechanism too: what it was printing comes to nothing."""
        self.process.kill()

    def wait_until_printing(self, patience: float = 20) -> None:
        """Waits until it has a document and nobody is asking it anything.

        CUPS asks a second apart. Whoever kills the printer in the midst of an answer makes CUPS 2.4 believe that all
        was printed; in the midst of taking the document, CUPS stops the queue.
        """
        deadline, quiet_since, size = time.monotonic() + patience, time.monotonic(), 0
        while size == 0 or time.monotonic() - quiet_since < 0.4:
            assert time.monotonic() < deadline, "it never began to print"
            time.sleep(0.02)
            told = self.process.log.read_bytes()
            if b"Running command" in told and len(told) != size:
                quiet_since, size = time.monotonic(), len(told)

    def sheets(self) -> list[str]:
        """The names of the jobs that came out, in order."""
        return [path.read_text() for path in sorted((self.folder / "tray").iterdir())]

    def wait_for_sheets(self, count: int, patience: float = 20) -> list[str]:
        deadline = time.monotonic() + patience
        while len(self.sheets()) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.sheets()
