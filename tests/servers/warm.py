"""Processes of ours, started without the second of a core that each needs for its imports.

`Popen([sys.executable, "manage.py", …])` and `run` are as subprocess's own; the process is forked from one that has
imported the libraries (`warm_python.py`). What that can't be is started as ever: other programs, Python with options,
what has another environment than the one the libraries were imported in, but for what the project reads.
"""

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from shop.quickstart.local_desk import ROOT
from shop.quickstart.processes import Process

SCRIPT = Path(__file__).with_name("warm_python.py")
# What may be different in the environment: the project reads it, or the fork does as Python would.
OURS = ("SHOP_", "PYTEST_", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "DJANGO_SETTINGS_MODULE")


class WarmPython:
    """Our end of the socket. The process is started when it is first needed, and ends with ours."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._environment: dict[str, str] = {}

    def can(self, command: Sequence[object], environment: Mapping[str, str]) -> bool:
        """Whether a process forked from it is what this command would be."""
        known = len(command) > 1 and command[0] == sys.executable and command[1] in ("-m", "-c", "manage.py")
        if not known or sys.platform != "linux":
            return False
        return others(environment) == others(self._environment or os.environ)

    def start(self, files: Sequence[int], **asked: Any) -> int:
        """Returns the process id."""
        return int(self._ask(asked, files))

    def look(self, pid: int) -> tuple[int, int]:
        """As os.waitpid with WNOHANG."""
        found, status = self._ask({"pid": pid})
        return found, status

    def _ask(self, asked: dict[str, Any], files: Sequence[int] = ()) -> Any:
        with self._lock:
            line = self._line or self._open()
            socket.send_fds(line, [json.dumps(asked).encode()], list(files))
            if not (answer := line.recv(1024)):
                raise RuntimeError(f"The warm Python has ended: can {sys.executable} import all that {SCRIPT} names?")
            return json.loads(answer)

    def _open(self) -> socket.socket:
        self._environment = dict(os.environ)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, SCRIPT, str(theirs.fileno())],
                env={n: v for n, v in self._environment.items() if not n.startswith(OURS)},
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, cwd=ROOT, start_new_session=True,
            )  # fmt: skip
        atexit.register(self.close)
        self._line = ours
        return ours

    def close(self) -> None:
        """It ends at once; what it has forked goes on."""
        if self._line and self._process:
            self._line.close()
            self._process.kill()
            self._process.wait()
        self._line = None


def others(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(OURS)}


warm_python = WarmPython()


class Popen(subprocess.Popen[Any]):
    """subprocess's, of a process that is forked elsewhere: we are not its parent.

    Private methods of it are replaced, those that start a process and look for its end; tests/servers/test_warm.py
    holds them to what they promise.
    """

    _forked = False

    def _execute_child(self, args: Any, *rest: Any) -> None:
        cwd, env, shell, pipes, user, session = rest[4], rest[5], rest[8], rest[9:15], rest[18], rest[20]
        environment = dict(os.environ if env is None else env)
        if shell or user is not None or not warm_python.can(args, environment):
            super()._execute_child(args, *rest)  # type: ignore[misc]
            return
        theirs = (pipes[0], pipes[3], pipes[5])
        self.pid = warm_python.start(
            [number if file == -1 else file for number, file in enumerate(theirs)],
            arguments=[str(part) for part in args[1:]],
            cwd=str(cwd or Path.cwd()),
            environment=environment,
            session=session,
        )
        self._forked = self._child_created = True
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]

    def _internal_poll(self, _deadstate: int | None = None, **others: Any) -> int | None:
        if not self._forked:
            return super()._internal_poll(_deadstate, **others)  # type: ignore[misc]
        if self.returncode is None and _deadstate is None and self._waitpid_lock.acquire(blocking=False):  # type: ignore[attr-defined]
            try:
                pid, status = self._try_wait(os.WNOHANG)
                if pid:
                    self._handle_exitstatus(status)  # type: ignore[attr-defined]
            finally:
                self._waitpid_lock.release()  # type: ignore[attr-defined]
        return self.returncode

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        if not self._forked:
            return super()._try_wait(wait_flags)  # type: ignore[misc]
        if wait_flags == 0:
            wait_for_end(self.pid)
        return warm_python.look(self.pid)


def wait_for_end(pid: int) -> None:
    """Of any process, not only of a child."""
    with suppress(ProcessLookupError):
        file = os.pidfd_open(pid)
        try:
            select.select([file], [], [])
        finally:
            os.close(file)


def run(
    command: Sequence[str | Path],
    *,
    capture_output: bool = False,
    timeout: float | None = None,
    check: bool = False,
    **more: Any,
) -> subprocess.CompletedProcess[Any]:
    """As subprocess.run. Raises as it does."""
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} if capture_output else {}
    with Popen(command, **pipes, **more) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    done = subprocess.CompletedProcess(command, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done


class WarmProcess(Process):
    """A program of ours among those of `shop/quickstart/processes.py`."""

    popen = Popen
