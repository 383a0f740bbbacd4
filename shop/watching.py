"""How the desk is watched: by what is outside of it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from shop.environment import read

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Watching:
    """`alive_file`: a worker's main process touches it, "" for none. `metrics_token`: "" switches /metrics off."""

    version: str
    alive_file: str = ""
    metrics_token: str = ""


def watching() -> Watching:
    """From the environment."""
    return Watching(
        version=version(),
        alive_file=str(read("str", "SHOP_WORKER_ALIVE_FILE", "")),
        metrics_token=str(read("str", "SHOP_METRICS_TOKEN", "", validate=token)),
    )


def version() -> str:
    """The desk's own, as pyproject.toml says it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def token(text: str) -> None:
    if text and (len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text):
        raise ValueError("it must have 16 characters or more, in ASCII and without spaces.")
