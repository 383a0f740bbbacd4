"""Peers made of the receivers' own code, run by Node. Packages come from npm into a cache folder outside the tree."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from shop.quickstart.ports import free_port
from shop.quickstart.processes import Process

HERE = Path(__file__).parent
START = {"sap": ["node", "node_modules/@sap/cds/bin/serve.js"], "segment": ["node", "server.js"]}


class NoPeers(Exception):
    """Node or npm is missing, or npm can't fetch the packages; the text says which."""


def cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "order-desk" / "peers"


def installed(name: str, source: Path | None = None) -> Path:
    """The folder with the packages that `source` (a peer's, by default) names, fetched if need be. Raises NoPeers."""
    source = source or HERE / name
    names = ("package.json", "package-lock.json")
    key = hashlib.sha256(b"".join((source / file).read_bytes() for file in names)).hexdigest()[:16]
    folder = cache() / f"{name}-{key}"
    if folder.exists():
        return folder
    for program in ("node", "npm"):
        if not shutil.which(program):
            raise NoPeers(f"{program} is not installed (Node 20 or newer is needed)")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
    for file in names:
        shutil.copy(source / file, draft)
    fetch(name, draft)
    with suppress(OSError):  # Another run was first: its folder is as good.
        draft.rename(folder)
    return folder


def fetch(name: str, folder: Path) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
        said = done.stderr.strip()[-500:]
    except subprocess.TimeoutExpired:
        done, said = None, "it took longer than five minutes"
    if done is None or done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise NoPeers(f"npm could not fetch the packages of the peer '{name}': {said}")


class Peer:
    """A running peer at `url`; `tell` gives it a command (see chaos.js)."""

    def __init__(self, url: str) -> None:
        self.url = url

    def tell(self, command: str) -> None:
        requests.post(f"{self.url}/__test/{command}", timeout=10).raise_for_status()

    def answers(self) -> bool:
        with suppress(requests.ConnectionError):
            return requests.get(self.url, timeout=5).status_code > 0
        return False


@contextmanager
def running(name: str) -> Iterator[Peer]:
    """Starts a peer on a free port of 127.0.0.1 and stops it afterwards."""
    packages, port = installed(name), free_port()
    with tempfile.TemporaryDirectory(prefix=f"order-desk-{name}-") as folder:
        work = Path(folder) / "peer"
        shutil.copytree(HERE / name, work)
        shutil.copy(HERE / "chaos.js", work)
        (work / "node_modules").symlink_to(packages / "node_modules")
        environment = os.environ | {"PORT": str(port), "NO_COLOR": "1"}
        process = Process(name, START[name], log=Path(folder) / "log", env=environment, cwd=work)
        peer = Peer(f"http://127.0.0.1:{port}")
        try:
            process.start()
            process.wait_until(peer.answers, patience=60)
            yield peer
        finally:
            process.stop(10)
