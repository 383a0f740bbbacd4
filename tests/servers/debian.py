"""A Debian of its own, booted by systemd: this machine's files under an overlay, with an own network and processes.

What is written goes to a temporary folder. Nothing of it reaches this machine, its ports are its own. It needs root,
and a kernel that lets it make namespaces, an overlay and a cgroup: `missing()` says what is not there.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shop.quickstart.processes import Folder, Process
from tests.end_to_end.desk import wait_for
from tests.lacking import lacks

# Of this machine's own services none starts, and nothing of their data is there. Devices are made anew.
BOOT = """
set -euo pipefail
folder=$1 site=$2 root=$1/root
mkdir "$folder/upper" "$folder/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$root"
mount -t proc proc "$root/proc"
# The kernel is this machine's: nothing sets its variables, or looks for its devices.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/dev"
for name in null zero full random urandom tty; do
    touch "$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/shm" "$root/dev/pts" "$root/dev/mqueue"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts devpts "$root/dev/pts" -o newinstance,ptmxmode=0666,mode=620
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
ip link set lo up
cd "$root"
rm -rf srv/* etc/systemd/system/*.wants var/lib/postgresql/* etc/postgresql/* var/lib/rabbitmq/mnesia var/log/journal
rm -f etc/systemd/system/desk-* etc/nginx/sites-enabled/* usr/sbin/policy-rc.d
mkdir -p srv/site etc/systemd/system/multi-user.target.wants
: > etc/machine-id
mount --bind "$site" srv/site
mkdir old
pivot_root . old
umount -l /old
exec env -i container=lxc PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --unit=multi-user.target --show-status=false < /dev/null
"""
NEEDED = ("unshare", "nsenter", "pivot_root", "ip", "pg_createcluster")
PYTHON = "/usr/bin/python3"


def missing() -> str:
    """Why no Debian of its own can be booted here; empty if it can."""
    if os.geteuid() != 0:
        return "only root can boot a system of its own"
    if not Path("/etc/debian_version").exists() or not Path("/lib/systemd/systemd").exists():
        return "this is no Debian with systemd (apt-get install systemd)"
    if lacking := [name for name in NEEDED if not shutil.which(name)]:
        return f"these programs are not here: {', '.join(lacking)}"
    same = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if subprocess.run([PYTHON, "-c", same], capture_output=True, check=False).returncode:
        return f"{PYTHON} is not the version of these tests' Python, or has no ensurepip (apt-get install python3-venv)"
    if _cgroup() is None:
        return "there is no cgroup2 that can be written"
    return ""


def _cgroup() -> Path | None:
    for line in Path("/proc/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        if kind == "cgroup2" and os.access(where, os.W_OK):
            return Path(where)
    return None


class Debian:
    """`run` runs commands in it, as root; `files` is its root folder as this machine sees it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "upper"
        parent = _cgroup()
        assert parent is not None
        self.cgroup = parent / folder.name
        self.cgroup.mkdir()
        site = next(path for path in sys.path if path.endswith("site-packages"))
        boot = f'echo $$ > {self.cgroup}/cgroup.procs; exec unshare "$@"'
        spaces = ["-m", "-n", "-p", "-i", "-u", "-C", "--fork", "--kill-child", "--propagation", "private"]
        command = ["bash", "-c", boot, "-", *spaces, "bash", "-c", BOOT, "-", str(folder), site]
        self.process = Process("Debian", command, log=folder / "log")

    def boot(self) -> None:
        self.process.start()
        self.process.wait_until(self._runs, 120)

    def _runs(self) -> bool:
        if not (self.folder / "root").exists() or not self._init():
            return False
        return self.run("systemctl is-system-running", check=False).stdout.strip() in {"running", "degraded"}

    def _init(self) -> str:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return children[0] if children and "systemd" in Path(f"/proc/{children[0]}/cmdline").read_text() else ""

    def run(self, script: str, *, check: bool = True, patience: float = 600) -> subprocess.CompletedProcess[str]:
        """Runs a script of bash. Raises AssertionError with all it said if it fails and `check` is set."""
        clean = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
        command = ["nsenter", "-t", self._init(), "-a", *clean, "bash", "-c", f"cd /root; {script}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False)
        assert not check or done.returncode == 0, f"{script}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def close(self) -> None:
        """All of its processes are gone with the first one; the kernel takes a moment for it."""
        self.process.kill()
        wait_for(self._is_empty, "all processes of the Debian are gone")
        wait_for(self._is_removed, "the kernel lets the Debian's control groups go")

    def _is_removed(self) -> bool:
        """A group without a process is busy for as long as the last one's end takes."""
        try:
            for group in [*sorted(self.cgroup.rglob("*/"), reverse=True), self.cgroup]:
                group.rmdir()
        except OSError:
            return False
        return True

    def _is_empty(self) -> bool:
        return not any(path.read_text() for path in self.cgroup.rglob("cgroup.procs"))


@contextmanager
def machine() -> Iterator[Debian]:
    """A Debian that runs, with an empty PostgreSQL. Skips the test where there can be none."""
    if why := missing():
        lacks(f"no Debian can be booted here: {why}")
    with Folder("order-desk-debian-") as folder:
        debian = Debian(folder)
        try:
            debian.boot()
            debian.run("pg_createcluster 15 main && systemctl enable --now postgresql")
            yield debian
        finally:
            debian.close()
