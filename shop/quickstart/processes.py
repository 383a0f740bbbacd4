"""Starts and ends other programs for the first start and the tests: each in a group of its own, none left behind.

However the starter ends, its warden (`warden.py`, a process too) ends the groups and removes the temporary folders.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO


class StartFailed(Exception):
    """A program did not start; `log` has its last lines."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(f"{message}\n{log}" if log else message)
        self.message = message
        self.log = log


class _Warden:
    """Our end of the pipe to `warden.py`, which is started when there is a first process or folder to look after."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipe: IO[bytes] | None = None
        self._pid = 0

    def tell(self, word: str, value: object) -> None:
        with self._lock, contextlib.suppress(BrokenPipeError):
            if self._pipe is None or self._pid != os.getpid():
                self._pipe, self._pid = self._start(), os.getpid()
            self._pipe.write(f"{word} {value}\n".encode())
            self._pipe.flush()

    def _start(self) -> IO[bytes]:
        program = [sys.executable, "-I", "-S", str(Path(__file__).with_name("warden.py"))]
        # No child may inherit the pipe's other end: subprocess closes it in all later children.
        warden = subprocess.Popen(program, stdin=subprocess.PIPE, cwd="/", start_new_session=True)  # noqa: S603
        assert warden.stdin is not None  # noqa: S101
        return warden.stdin


_warden = _Warden()


def keep_locked(path: Path) -> None:
    """By the warden: until all that this process started is gone, however this process ends."""
    _warden.tell("lock", path)


class Process:
    """A program with its log. `stop` sends SIGTERM, `kill` SIGKILL; both end everything it started."""

    popen: type[subprocess.Popen[bytes]] = subprocess.Popen

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: str | None = None,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self.env = dict(os.environ if env is None else env)
        self.cwd = cwd
        self.user = user
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The main process; also the id of its group. Raises StartFailed if it was never started."""
        if self._popen is None:
            raise StartFailed(f"{self.name} was not started.")
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._popen.poll() if self._popen else None

    def start(self) -> None:
        self.log.touch(0o600)
        with self.log.open("ab") as log:
            self._popen = self.popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                start_new_session=True,
                user=self.user,
                group=pwd.getpwnam(self.user).pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
        _warden.tell("group", self._popen.pid)

    def send(self, number: int) -> None:
        """Sends a signal to the main process alone; nothing if it is gone."""
        if self._popen:
            self._popen.send_signal(number)

    def stop(self, patience: float = 30, number: int = signal.SIGTERM) -> int | None:
        """SIGTERM (or `number`), and SIGKILL for its whole group after `patience` seconds. Returns the exit code."""
        self.send(number)
        return self.wait(patience)

    def wait(self, patience: float = 30) -> int | None:
        """Waits for its end; SIGKILL for its whole group after `patience` seconds. Returns the exit code."""
        if self._popen is None:
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(patience)
        return self.kill()

    def kill(self) -> int | None:
        """SIGKILL for the program and everything in its group, at once. Returns the exit code."""
        if self._popen is None:
            return None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        code = self._popen.wait()
        _warden.tell("ended", self._popen.pid)
        return code

    def wait_until(self, ready: Callable[[], bool], patience: float = 60, every: float = 0.1) -> None:
        """Waits until `ready()`; raises StartFailed with the log's end if it ends before or takes too long."""
        deadline = time.monotonic() + patience
        while not ready():
            if not self.running:
                raise StartFailed(f"{self.name} ended with code {self.exit_code}.", self.tail())
            if time.monotonic() > deadline:
                raise StartFailed(f"{self.name} was not ready after {patience:g} seconds.", self.tail())
            time.sleep(every)

    def tail(self, lines: int = 20) -> str:
        """The last lines of its log."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


class Folder:
    """A temporary folder that is gone afterwards, even if this process is killed."""

    def __init__(self, prefix: str = "order-desk-") -> None:
        self.path = Path(tempfile.mkdtemp(prefix=prefix))
        _warden.tell("folder", self.path)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        if not self.path.exists():
            _warden.tell("removed", self.path)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.remove()
