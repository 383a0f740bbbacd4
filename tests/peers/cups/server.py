"""A print server of Debian's own making: a private `cupsd`, with the settings that docs/printing.md recommends."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from shop.quickstart.ports import answers, free_port
from shop.quickstart.processes import Process
from tests.peers.cups.bus import Bus, program

CUPSD_CONF = """
Listen 127.0.0.1:{port}
Listen {folder}/socket
LogLevel warn
Browsing Off
DefaultAuthType None
WebInterface No
DirtyCleanInterval 0
PreserveJobHistory 604800
PreserveJobFiles No
MaxJobs 20000
ErrorPolicy retry-current-job
JobRetryInterval 2
JobRetryLimit 1000
MaxClients 500
MaxClientsPerHost 500
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess default
  JobPrivateValues none
  SubscriptionPrivateAccess default
  SubscriptionPrivateValues none
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""
# What Debian's cupsd.conf says of jobs, where the desk asks one back.
DEBIAN_POLICY = """
<Policy default>
  JobPrivateAccess default
  JobPrivateValues default
  SubscriptionPrivateAccess default
  SubscriptionPrivateValues default
  <Limit Create-Job Print-Job Print-URI Validate-Job>
    Order deny,allow
  </Limit>
  <Limit Cancel-Job CUPS-Authenticate-Job>
    {cancel}
    Order deny,allow
  </Limit>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
CUPS_FILES_CONF = """
ServerRoot {folder}
RequestRoot {folder}/spool
TempDir {folder}/tmp
CacheDir {folder}/cache
StateDir {folder}/state
AccessLog {folder}/access.log
ErrorLog {folder}/error.log
PageLog {folder}/page.log
ServerKeychain {folder}/ssl
User lp
Group lp
SystemGroup root
FileDevice Yes
SyncOnClose Yes
"""


class Cups:
    """One server with a raw queue `slips`, which passes on unchanged what it is given."""

    def __init__(self, folder: Path, bus: Bus, device: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.device = device
        for name in ("spool", "tmp", "cache", "state", "ssl", "ppd"):
            (folder / name).mkdir(parents=True)
        (folder / "cupsd.conf").write_text(CUPSD_CONF.format(port=self.port, folder=folder))
        (folder / "cups-files.conf").write_text(CUPS_FILES_CONF.format(folder=folder))
        command: list[str | Path] = [
            program("cupsd"),
            "-f",
            "-c",
            folder / "cupsd.conf",
            "-s",
            folder / "cups-files.conf",
        ]
        environment = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": bus.address}
        self.process = Process("cupsd", command, log=folder / "log", env=environment, cwd=folder)

    @property
    def url(self) -> str:
        return self.url_at(self.port)

    def url_at(self, port: int) -> str:
        """The queue, through whatever listens at `port`."""
        return f"ipp://localhost:{port}/printers/slips"

    def start(self) -> None:
        self.process.start()
        self.process.wait_until(lambda: answers(self.port), 20)

    def start_with_debians_policy(self, cancel: str) -> None:
        """Starts again; `cancel` is the line that says who may take a job back."""
        before, _, _ = CUPSD_CONF.format(port=self.port, folder=self.folder).partition("<Policy default>")
        words = before.replace("DefaultAuthType None", "DefaultAuthType Basic") + DEBIAN_POLICY.format(cancel=cancel)
        self.kill()
        (self.folder / "cupsd.conf").write_text(words)
        self.start()

    def make_queue(self) -> None:
        self.admin("lpadmin", "-p", "slips", "-E", "-v", self.device, "-o", "printer-error-policy=retry-current-job")

    def admin(self, command: str, *arguments: str) -> str:
        """Runs lpadmin, cupsdisable and the like at this server."""
        done = subprocess.run(
            [program(command), "-h", f"127.0.0.1:{self.port}", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr} {self.process.tail()}")
        return done.stdout

    def kill(self) -> None:
        self.process.kill()

    def end(self) -> None:
        """Ends what it started, too: each of its backends leads a group of its own and tries its printer for ever."""
        self.kill()
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                if entry.read_bytes().startswith(f"{self.device}\0".encode()):
                    os.kill(int(entry.parent.name), signal.SIGKILL)
