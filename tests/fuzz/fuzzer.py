"""Schemathesis: requests made of docs/openapi.json, right ones and wrong ones, each answer judged by the schema."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from shop.openapi import FILE

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# Cases that it makes of one unit of `--max-examples`, at least: there are eight operations.
PER_EXAMPLE = 11
_COUNT = re.compile(r"^\s+(\d+) generated", re.M)


@dataclass(frozen=True)
class Run:
    """`cases` is how many requests were judged; `said` is what it printed."""

    ok: bool
    cases: int
    said: str


def fuzz(url: str, authorization: str, *, cases: int, seed: int, folder: Path) -> Run:
    """About `cases` requests to the desk at `url`, the same for the same seed. `authorization`: "" for a guest."""
    program = Path(sys.executable).parent / "schemathesis"
    command: list[str | Path] = [program, "--config-file", HERE / "schemathesis.toml", "run", FILE, "--url", url]
    command += ["--seed", str(seed), "--max-examples", str(max(1, cases // PER_EXAMPLE)), "--continue-on-failure"]
    if authorization:
        command += ["--header", f"Authorization: {authorization}"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "tests.fuzz.checks", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    found = _COUNT.search(said)
    return Run(done.returncode == 0, int(found[1]) if found else 0, said)
