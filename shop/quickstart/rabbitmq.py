"""A private RabbitMQ, for the first look and for the tests: nothing of the machine's own one is touched.

Everything listens on 127.0.0.1 alone: AMQP, the management page, Erlang's distribution, and an epmd of our own.
Configuration, cookie and data are in a temporary folder, the password is random.
https://www.rabbitmq.com/docs/configure#supported-environment-variables
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

from shop.quickstart.epmd import Epmd
from shop.quickstart.ports import free_port
from shop.quickstart.processes import Process, StartFailed

USER = "desk"
LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"
# Its threads spin for some microseconds before they sleep. At its start a broker reads thousands of files, one after
# the other, each by a thread that would have to be woken for it: without this it takes twice as long.
AWAKE = "+sbwt very_short +sbwtdcpu very_short +sbwtdio very_short"
# Milliseconds after which a quorum queue's figures in `list_queues` are renewed; five seconds otherwise.
FRESH = "-rabbit quorum_tick_interval 500"


def program(name: str) -> str:
    """A RabbitMQ program. Debian's own wrappers in /usr/sbin switch users, so the originals are taken there."""
    original = Path("/usr/lib/rabbitmq/bin") / name
    found = str(original) if original.exists() else shutil.which(name)
    if not found:
        raise StartFailed(f"RabbitMQ's program {name} was not found: install RabbitMQ.")
    return found


class RabbitMQ:
    """One node. Ports and data stay the same over `stop`, `kill`, `start` and `restart`."""

    def __init__(
        self,
        folder: Path,
        epmd: Epmd,
        *,
        name: str = "desk",
        plugins: Sequence[str] = (),
        config: str = "",
        port: int = 0,
        management_port: int = 0,
    ) -> None:
        self.node = f"{name}@localhost"
        self.folder = folder / name
        self.port, self.dist_port, self.management_port = (
            port or free_port(),
            free_port(),
            management_port or free_port(),
        )
        self._epmd = epmd
        self._write_files(plugins, config)
        command = [program("rabbitmq-server")]
        self.process = Process("RabbitMQ", command, log=self.folder / "log", env=self.environment(), cwd=self.folder)

    def _write_files(self, plugins: Sequence[str], config: str) -> None:
        self.folder.mkdir()
        cookie = self.folder / ".erlang.cookie"
        cookie.touch(0o600)
        cookie.write_text(self._epmd.cookie)
        cookie.chmod(0o400)
        lines = [
            f"listeners.tcp.local = 127.0.0.1:{self.port}",
            f"management.tcp.port = {self.management_port}",
            "management.tcp.ip = 127.0.0.1",
            f"default_user = {USER}",
            f"default_pass = {self.password}",
            config,
        ]
        if "rabbitmq_management" not in plugins:
            lines = [line for line in lines if not line.startswith("management.")]
        (self.folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        (self.folder / "enabled_plugins").write_text(f"[{','.join(plugins)}].\n")
        (self.folder / "nothing").write_text("")

    def environment(self) -> dict[str, str]:
        """All that its programs find in theirs: nothing of it leads to another node."""
        machine = {name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))}
        return machine | self.variables()

    def variables(self) -> dict[str, str]:
        """What leads its programs, `rabbitmqctl` among them, to this node."""
        return {
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder / "logs"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "nothing"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{AWAKE} {FRESH} {LOOPBACK} -start_epmd false",
            "RABBITMQ_CTL_ERL_ARGS": f"{AWAKE} {LOOPBACK} -start_epmd false",
            "RABBITMQ_CTL_DIST_PORT_MIN": "35672",
            "RABBITMQ_CTL_DIST_PORT_MAX": "35999",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd.port),
            # The start script becomes the Erlang machine instead of waiting beside it: our pid is the broker's.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    @property
    def password(self) -> str:
        """Of USER, who may do everything."""
        return self._epmd.password

    @property
    def url(self) -> str:
        return self.url_at(self.port)

    def url_at(self, port: int) -> str:
        """The same broker seen through another port: a proxy's."""
        return f"amqp://{USER}:{self.password}@127.0.0.1:{port}/%2F"

    @property
    def running(self) -> bool:
        return self.process.running

    def start(self) -> None:
        """Returns when it speaks AMQP."""
        if not self._epmd.process.running:
            self._epmd.start()
        self.process.start()
        self.process.wait_until(self._speaks_amqp, 120)

    def _speaks_amqp(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.settimeout(5)
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"
        except OSError:
            return False

    def stop(self) -> None:
        """An orderly shutdown."""
        self.process.stop(60)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def ctl(self, *arguments: str, tool: str = "rabbitmqctl", patience: float = 60) -> str:
        """Runs rabbitmqctl (or another of its tools) on this node; returns what it printed.

        Raises RuntimeError with its words if it fails.
        """
        command = [program(tool), "--quiet", "--node", self.node, *arguments]
        done = subprocess.run(  # noqa: S603
            command, env=self.environment(), capture_output=True, text=True, timeout=patience, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{tool} {' '.join(arguments)}: {done.stdout}{done.stderr}".strip())
        return done.stdout
