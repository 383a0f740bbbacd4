"""A process that is forked from the warm Python is as one that Python starts."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shop.quickstart.local_desk import ROOT
from tests.servers import warm

KINDS: list[type[subprocess.Popen[Any]]] = [subprocess.Popen, warm.Popen]
TELLS = """
import gc, json, os, signal, sys, threading
told = {
    "arguments": sys.argv, "folder": os.getcwd(), "name": __name__,
    "main": getattr(sys.modules["__main__"], "__file__", ""),
    "path": sys.path, "environment": dict(os.environ), "leads": os.getsid(0) == os.getpid(), "mask": os.umask(0o22),
    "signals": [str(signal.getsignal(number)) for number in signal.valid_signals()],
    "files": len(os.listdir("/proc/self/fd")), "threads": threading.active_count(), "gc": gc.isenabled(),
    "out": [sys.stdout.encoding, sys.stdout.errors, sys.stdout.write_through, sys.stdout.isatty()],
    "err": [sys.stderr.encoding, sys.stderr.errors, sys.stderr.write_through],
    "compiles": sys.dont_write_bytecode, "input": sys.stdin.read(),
}
print(json.dumps(told))
print("complaint", file=sys.stderr)
sys.exit(3)
"""
WAITS = """
import sys, time
print("begun", flush=True)
try:
    time.sleep(60)
except KeyboardInterrupt:
    sys.exit(5)
"""
JUDGED = """
import json, sys, threading
from tests.servers.warm_python import warm_up
warm_up()
from celery import _state
from django.apps import apps
from django.conf import settings
ours = [name for name in sys.modules if name.partition(".")[0] in ("shop", "orders", "integrations", "printing")]
active = list(_state._get_active_apps())
print(json.dumps([settings.configured, len(apps.all_models), ours, threading.active_count(), active]))
"""


def started(kind: type[subprocess.Popen[Any]], folder: Path, program: str, **more: Any) -> subprocess.Popen[Any]:
    (folder / "manage.py").write_text(program)
    given: dict[str, Any] = {"cwd": folder, "text": True, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return kind([sys.executable, "manage.py", "a b", "--c"], **{**given, "stderr": subprocess.PIPE, **more})


def is_forked(process: Any) -> bool:
    return bool(process._forked)


def test_the_libraries_need_no_settings_and_nothing_of_ours() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    said = subprocess.run([sys.executable, "-c", JUDGED], cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    assert json.loads(said.stdout) == [False, 0, [], 1, []]


@pytest.mark.parametrize("more", [{"PYTHONUNBUFFERED": "1"}, {"PYTHONDONTWRITEBYTECODE": "1", "SHOP_X": "ü"}])
@pytest.mark.parametrize("session", [True, False])
def test_it_finds_what_it_would_have_found(tmp_path: Path, more: dict[str, str], session: bool) -> None:
    told = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | more
    for kind in KINDS:
        process = started(kind, tmp_path, TELLS, env=environment, start_new_session=session)
        out, err = process.communicate("what it reads", timeout=60)
        told.append((json.loads(out), err, process.returncode))
    assert is_forked(process)
    assert told[0] == told[1]
    assert told[0][0]["input"] == "what it reads"


@pytest.mark.parametrize("program", [["-m", "told"], ["-c", TELLS]])
def test_a_module_or_a_text_is_run_in_the_folder_it_is_started_in(tmp_path: Path, program: list[str]) -> None:
    (tmp_path / "told.py").write_text(TELLS)
    told = []
    for kind in KINDS:
        command = [sys.executable, *program, "x"]
        process = kind(
            command, env=dict(os.environ), cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        told.append((json.loads(process.communicate(timeout=60)[0]), process.returncode))
    assert is_forked(process)
    assert told[0] == told[1]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 5), (signal.SIGTERM, -15), (signal.SIGKILL, -9)])
@pytest.mark.parametrize("patience", [60, None])
def test_it_is_ended_by_signals_and_waited_for(
    tmp_path: Path, number: signal.Signals, code: int, patience: float | None
) -> None:
    process = started(warm.Popen, tmp_path, WAITS)
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    assert is_forked(process)
    assert process.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    process.send_signal(number)
    assert process.wait(patience) == process.poll() == code
    process.communicate()


@pytest.mark.parametrize("command", [["-W", "error", "-c", "print(1)"], ["-u", "manage.py"]])
def test_other_commands_are_started_as_ever(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "manage.py").write_text("print(1)")
    process = warm.Popen([sys.executable, *command], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert process.communicate(timeout=60) == ("1\n", None)
    assert (process.returncode, is_forked(process)) == (0, False)


def test_what_a_library_may_have_read_is_started_as_ever(tmp_path: Path) -> None:
    process = started(warm.Popen, tmp_path, TELLS, env=os.environ | {"RL_invariant": "1"})
    assert json.loads(process.communicate(timeout=60)[0])["environment"]["RL_invariant"] == "1"
    assert not is_forked(process)


def test_run_gives_and_raises_what_subprocess_does(tmp_path: Path) -> None:
    given: dict[str, Any] = {"cwd": tmp_path, "text": True, "capture_output": True}
    done = warm.run([sys.executable, "-c", "print(1); exit(4)"], **given)
    assert (done.returncode, done.stdout, done.stderr) == (4, "1\n", "")
    with pytest.raises(subprocess.CalledProcessError, match="status 4"):
        warm.run([sys.executable, "-c", "exit(4)"], check=True, **given)
    with pytest.raises(subprocess.TimeoutExpired):
        warm.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.5, **given)
