"""A terminal as a reader has it: an interactive bash on a pseudo-terminal. What programs print there is compared."""

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Mapping
from pathlib import Path

PROMPT = "\u27e6ready\u27e7"
# Makes the pseudo-terminal the controlling one, without which Ctrl-C reaches nobody.
SHELL = "import fcntl, os, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp('bash', {arguments})"
ARGUMENTS = ["bash", "--noprofile", "--norc", "--noediting", "-i"]
STYLE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal:
    """`type` a line, or `interrupt`; `printed` is what came since the last `take`, prompts left out.

    All that is asked of it is as it was at the last `look`: what comes between two questions can't be missed.
    """

    def __init__(self, cwd: Path, environment: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        modes = termios.tcgetattr(slave)
        modes[3] &= ~(termios.ECHO | termios.ECHOCTL)
        termios.tcsetattr(slave, termios.TCSANOW, modes)
        command = [sys.executable, "-c", SHELL.format(arguments=ARGUMENTS)]
        env = {**environment, "PS1": PROMPT, "TERM": "dumb", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
        env["VIRTUAL_ENV_DISABLE_PROMPT"] = "1"
        self._shell = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=env, start_new_session=True
        )
        os.close(slave)
        self._received = self._text = b""
        self._taken = 0
        self._prompts_due = 1
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # Linux's word for "the other end is closed" is EIO.
            while more := os.read(self._master, 65536):
                self._received += more

    def look(self) -> None:
        self._text = self._received

    @property
    def idle(self) -> bool:
        """True if bash waits for the next line: nothing runs in the foreground."""
        return self._text.count(PROMPT.encode()) >= self._prompts_due

    def type(self, line: str) -> None:
        self._prompts_due = self._text.count(PROMPT.encode()) + 1
        os.write(self._master, f"{line}\n".encode())

    def interrupt(self) -> None:
        """Ctrl-C."""
        os.write(self._master, b"\x03")

    def printed(self) -> list[str]:
        """The lines since the last `take` as they are seen: no colours, of a line written anew the last."""
        text = STYLE.sub("", self._text[self._taken :].decode(errors="replace")).replace(PROMPT, "")
        lines = [line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n")]
        return [plain for line in lines if (plain := " ".join(line.split()))]

    def take(self) -> None:
        """What was printed until the last look has been read."""
        self._taken = len(self._text)

    def close(self) -> None:
        """As if its window was closed: SIGHUP for what runs in it."""
        if self._shell.poll() is None:
            self._shell.send_signal(signal.SIGHUP)
        os.close(self._master)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._shell.wait(20)
        self._shell.kill()
        self._shell.wait()
