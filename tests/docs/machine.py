"""A fresh machine for a page's commands: other paths, ports and users, real servers; this machine stays as it is."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from shop.quickstart.local_desk import ROOT
from shop.quickstart.ports import answers, free_port
from shop.quickstart.processes import Process
from tests.servers import postgres, rabbitmq

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VENV = Path(sys.executable).parent
# What is left out: it would change the machine, or take minutes to bring what is here already.
NOT_RUN = ["apt-get", "adduser", "systemctl"]
GIT = shutil.which("git")
NGINX_PROGRAM = shutil.which("nginx") or "/usr/sbin/nginx"
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr; user root;
events {{}}
http {{ client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; include {folder}/etc/nginx/sites-enabled/*; }}
"""


def blocks(page: Path) -> list[str]:
    """The commands of a page, a text for each block of them."""
    return BLOCK.findall(page.read_text())


class Machine:
    """Runs a page's blocks in one shell; `units` are its systemd units' commands, as processes."""

    def __init__(self, folder: Path, database: postgres.PostgreSQL, broker: rabbitmq.RabbitMQ) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in ("8000", "443", "80")}
        self.ports |= {"5432": database.port, "5672": broker.port}
        self.processes: list[Process] = []
        for name in ("srv/desk", "etc/nginx/sites-available", "etc/nginx/sites-enabled", "etc/ssl/certs", "bin"):
            (folder / name).mkdir(parents=True)
        for name in ("etc/ssl/private", "etc/systemd/system", "run/desk"):
            (folder / name).mkdir(parents=True)
        (folder / "etc/nginx/nginx.conf").write_text(NGINX.format(folder=folder))
        self._put_programs(broker)
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "DJANGO_"))
        }
        self.environment |= {
            "PATH": f"{folder / 'bin'}:{postgres.programs()}:{os.environ['PATH']}:/usr/sbin",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(database.port),
            "PGUSER": postgres.OPERATOR,
            "PGDATABASE": "postgres",
            "PGPASSWORD": database.password,
            "DJANGO_SUPERUSER_USERNAME": "boss",
            "DJANGO_SUPERUSER_EMAIL": "boss@example.com",
            "DJANGO_SUPERUSER_PASSWORD": "a long one that nobody knows",
        }

    def _put_programs(self, broker: rabbitmq.RabbitMQ) -> None:
        """What stands in for a program: users are dropped, rabbitmqctl asks our broker, nginx reads the new files."""
        for name in NOT_RUN:
            self._put(name, "exit 0")
        self._put("sudo", 'shift 2; exec "$@"')  # -u USER
        self._put(
            "install",
            'kept=(); while [ $# -gt 0 ]; do case $1 in -o | -g) shift 2 ;; *) kept+=("$1"); shift ;; esac; done;'
            'exec /usr/bin/install "${kept[@]}"',
        )
        # The files as they are now, committed or not.
        self._put(
            "git",
            f'mkdir -p "$3"; cd {ROOT}; {GIT} ls-files -z -co --exclude-standard | tar -c --null -T - | tar -x -C "$3"',
        )
        variables = " ".join(f"{name}={shlex.quote(value)}" for name, value in broker.environment().items())
        self._put("rabbitmqctl", f'exec env {variables} {rabbitmq.program("rabbitmqctl")} --node {broker.node} "$@"')
        self._put("nginx", f'exec {NGINX_PROGRAM} -c {self.folder}/etc/nginx/nginx.conf "$@"')

    def _put(self, name: str, body: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/bash\n{body}\n")
        path.chmod(0o755)

    # --- Substitutions ---
    def here(self, text: str) -> str:
        """The text with this machine's paths and ports."""
        text = re.sub(r"^(python3 -m venv|\S+/pip install) .*$", "true", text, flags=re.MULTILINE)
        text = text.replace("/srv/desk/venv/bin", str(VENV))
        text = re.sub(r"(?<![\w/.])/(srv/desk|etc|run/desk)/", rf"{self.folder}/\1/", text)
        text = text.replace("createsuperuser", "createsuperuser --no-input")
        text = text.replace("https://desk.example.com", f"https://desk.example.com:{self.ports['443']}")
        for name, port in self.ports.items():
            text = re.sub(rf"(?<=127\.0\.0\.1:){name}\b|(?<=desk\.example\.com:){name}(?=:127)", str(port), text)
            text = re.sub(rf"(?<=listen ){name}\b", f"127.0.0.1:{port}", text)
        return text

    def run(self, commands: Sequence[str]) -> str:
        """Runs blocks in one shell, which ends at the first command that fails; returns what they printed."""
        script = "set -euo pipefail\ncd /\n" + "\n".join(map(self.here, commands))
        done = subprocess.run(
            ["bash", "-c", script], env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    # --- Processes ---
    def rewrite(self, folder: str) -> None:
        """Files that commands have put there get this machine's paths and ports, too."""
        for path in (self.folder / folder).iterdir():
            path.write_text(self.here(path.read_text()))

    def start_unit(self, name: str) -> Process:
        """What systemd would start."""
        unit = (self.folder / f"etc/systemd/system/{name}.service").read_text()
        values = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line)
        return self.start(name, shlex.split(values["ExecStart"]), cwd=Path(values["WorkingDirectory"]))

    def start(self, name: str, command: list[str], cwd: Path | None = None) -> Process:
        process = Process(name, command, log=self.folder / f"{name}.log", env=self.environment, cwd=cwd)
        process.start()
        self.processes.append(process)
        return process

    def start_nginx(self) -> None:
        nginx = self.start("nginx", ["nginx"])
        nginx.wait_until(lambda: answers(self.ports["443"]), 20)

    def close(self) -> None:
        for process in self.processes:
            process.kill()
