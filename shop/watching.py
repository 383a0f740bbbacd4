"""How the desk is watched: by what is outside of it."""

import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from integrations.http.address import web_address
from shop.environment import read

ROOT = Path(__file__).resolve().parents[1]
OPENTELEMETRY = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")


@dataclass(frozen=True)
class Watching:
    """`alive_file`: a worker's main process touches it, "" for none. `metrics_token`: "" switches /metrics off.

    `traces_url`: where an OpenTelemetry collector takes spans by HTTP, "" for no traces.
    """

    version: str
    alive_file: str = ""
    metrics_token: str = ""
    traces_url: str = ""


def watching() -> Watching:
    """From the environment."""
    return Watching(
        version=version(),
        alive_file=str(read("str", "SHOP_WORKER_ALIVE_FILE", "")),
        metrics_token=str(read("str", "SHOP_METRICS_TOKEN", "", validate=token)),
        traces_url=str(read("str", "SHOP_TRACES_URL", "", validate=collector)),
    )


def version() -> str:
    """The desk's own, as pyproject.toml says it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def token(text: str) -> None:
    if text and (len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text):
        raise ValueError("it must have 16 characters or more, in ASCII and without spaces.")


def collector(url: str) -> None:
    """Raises ValueError for what is no address, and where the packages that traces need are missing."""
    web_address(url)
    if url and not all(map(_installed, OPENTELEMETRY)):
        raise ValueError("OpenTelemetry is not installed: pip install -r requirements-traces.txt.")


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # Not even what it is a part of.
        return False
