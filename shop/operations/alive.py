"""Whether a worker's main process goes round: the age of the file that it touches. Imports nothing of the desk.

That process may be alive while broker or database are away: then nobody should restart it.
"""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

SECONDS = 30.0  # It is touched every two, and in the midst of a search for the broker every ten at least.
VARIABLE = "SHOP_WORKER_ALIVE_FILE"


def look_at(file: str, seconds: float) -> tuple[str, str]:
    """What is wrong, "" if nothing is, and the name of the worker whose file it is."""
    if not file:
        return f"{VARIABLE} is not set, here or for the worker.", ""
    try:
        worker = Path(file).read_text(encoding="utf-8", errors="replace").strip()
        age = time.time() - Path(file).stat().st_mtime
    except OSError as error:
        return f"{file}: {error.strerror}: no worker runs that touches it.", ""
    if abs(age) > seconds:  # A clock that was set back: who goes round would have touched it since.
        return f"{file} was not touched for {abs(age):.0f} s: {worker or 'the worker'} does not go round.", worker
    return "", worker


def main(arguments: Sequence[str], env_file: Path) -> int:
    """`manage.py worker_alive` without `--ready`. Prints a line; 0: alive, 1: not."""
    parser = argparse.ArgumentParser(prog="manage.py worker_alive")
    add_options(parser, os.environ.get(VARIABLE) or _from(env_file))
    options = parser.parse_args(arguments)
    trouble, worker = look_at(options.file, options.seconds)
    print(trouble or f"ok: {worker}")
    return 1 if trouble else 0


def positive(text: str) -> float:
    """Raises ArgumentTypeError. Of nothing can be said that it is older than "nan" or "inf"."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds


def add_options(parser: argparse.ArgumentParser, file: str) -> None:
    parser.add_argument("--file", default=file, help=f"instead of {VARIABLE}")
    parser.add_argument("--seconds", type=positive, default=SECONDS, help="how old the file may be (%(default)g)")


def _from(env_file: Path) -> str:
    """The variable as `.env` says it, where the process has none."""
    from dotenv import dotenv_values

    env_file = Path(os.environ.get("SHOP_ENV_FILE", env_file))
    try:
        return dotenv_values(env_file, interpolate=False, encoding="utf-8-sig").get(VARIABLE) or ""
    except (OSError, ValueError):  # Not there, or no text: nothing says where the sign of life is.
        return ""
