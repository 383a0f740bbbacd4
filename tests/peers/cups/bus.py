"""A private D-Bus: ippeveprinter wants one even when it announces itself to nobody."""

import shutil
from pathlib import Path

from shop.quickstart.processes import Process, StartFailed

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
  <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>
"""


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not found:
        raise StartFailed(f"{name} was not found; bin/test installs it.")
    return found


class Bus:
    """`address` goes into DBUS_SYSTEM_BUS_ADDRESS."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "bus"
        config = folder / "bus.conf"
        config.write_text(CONFIG.format(socket=self.socket))
        command = [program("dbus-daemon"), f"--config-file={config}", "--nofork", "--nopidfile", "--nosyslog"]
        self.process = Process("dbus-daemon", command, log=folder / "bus.log")

    @property
    def address(self) -> str:
        return f"unix:path={self.socket}"

    def start(self) -> None:
        self.process.start()
        self.process.wait_until(self.socket.exists, 10)
