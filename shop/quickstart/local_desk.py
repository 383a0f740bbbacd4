"""The processes of a whole desk on one machine: sandbox, web server and workers, for a first look and for the tests.

Production starts the same programs by its own means (systemd, containers); nothing of this is needed there.
"""

import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from shop.quickstart.ports import answers, free_port, speaks_http
from shop.quickstart.processes import Process

ROOT = Path(__file__).resolve().parents[2]


class Desk:
    """Starts what it is asked to, and stops all of it. Everything it writes is under `var_dir`.

    `environment` is all that its processes find in theirs, but for SHOP_VAR_DIR, which is `var_dir`. That it names
    the sandbox as SAP and as marketing is the caller's task.
    """

    process: type[Process] = Process

    def __init__(self, var_dir: Path, environment: Mapping[str, str], *, port: int = 0, sandbox_port: int = 0) -> None:
        self.var_dir = var_dir
        self.logs = var_dir / "log"
        self.logs.mkdir(0o700, parents=True, exist_ok=True)
        self.port = port or free_port()
        self.sandbox_port = sandbox_port or free_port()
        self.environment = {**environment, "SHOP_VAR_DIR": str(var_dir), "PYTHONUNBUFFERED": "1"}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.processes: dict[str, Process] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    def python(self, name: str, *arguments: str) -> Process:
        """A process of ours, not started yet; its log is `name`.log."""
        process = self.process(
            name, [sys.executable, *arguments], log=self.logs / f"{name}.log", env=self.environment, cwd=ROOT
        )
        self.processes[name] = process
        return process

    def start_sandbox(self) -> Process:
        """The stand-ins for SAP and marketing. Returns when they answer."""
        folder = str(self.var_dir / "sandbox")
        sandbox = self.python(
            "sandbox", "-m", "integrations.sandbox", "--port", str(self.sandbox_port), "--data-dir", folder
        )
        told = _new_lines(sandbox)
        sandbox.start()
        # That something answers there is not enough: another desk may have taken the port meanwhile.
        sandbox.wait_until(lambda: "ready http" in told() and answers(self.sandbox_port), 60)
        return sandbox

    def start_web(self, processes: int = 2, threads: int = 8) -> Process:
        """gunicorn. Returns when it is ready to take orders."""
        options = {"bind": f"127.0.0.1:{self.port}", "workers": processes, "threads": threads, "graceful-timeout": 10}
        flags = [f"--{name}={value}" for name, value in options.items()]
        web = self.python("web", "-m", "gunicorn", "shop.wsgi", "--worker-class=gthread", "--no-control-socket", *flags)
        told = _new_lines(web)
        web.start()
        web.wait_until(lambda: "Listening at" in told() and speaks_http(f"{self.url}/health/ready"), 60)
        return web

    def start_worker(self, name: str = "worker", *options: str) -> Process:
        """`celery -A shop worker`, with more `options` (e.g. "-Q", "sap"). Returns when it listens to its queues."""
        worker = self.python(
            name, "-m", "celery", "-A", "shop", "worker", "--loglevel=INFO", f"--hostname={name}@%h", *options
        )
        told = _new_lines(worker)
        worker.start()
        worker.wait_until(lambda: " ready." in told(), 60)
        return worker

    def stop(self) -> None:
        """Stops web server and workers together, then the sandbox, which they may still be talking to."""
        sandbox = self.processes.get("sandbox")
        for process in self.processes.values():
            if process is not sandbox:
                process.send(signal.SIGTERM)
        for process in self.processes.values():
            if process is not sandbox:
                process.wait()
        if sandbox:
            sandbox.stop()

    def kill(self) -> None:
        """SIGKILL for everything that is left."""
        for process in self.processes.values():
            process.kill()


def _new_lines(process: Process) -> Callable[[], str]:
    """Reads what a process, which is not started yet, has written into its log since now."""
    begin = process.log.stat().st_size if process.log.exists() else 0
    return lambda: process.log.read_bytes()[begin:].decode(errors="replace")
