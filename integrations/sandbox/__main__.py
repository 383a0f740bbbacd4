"""`python -m integrations.sandbox [--port N] [--data-dir DIR]`: serves until Ctrl-C or SIGTERM."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from integrations.sandbox.environment import Logins, environment
from integrations.sandbox.server import Server


def add_arguments(parser: argparse.ArgumentParser, data_dir: Path) -> None:
    parser.add_argument("--port", type=port_number, default=0, help="default: a free one")
    parser.add_argument(
        "--data-dir", type=Path, default=data_dir, help=f"what arrived is kept here; default {data_dir}"
    )


def port_number(text: str) -> int:
    """Raises ArgumentTypeError with a sentence."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; they go up to 65535, and 0 is a free one")
    return int(text)


def serve(port: int, data_dir: Path, logins: Logins) -> None:
    """Serves until it is told to stop. The first line it prints is `ready http://127.0.0.1:…`."""
    try:
        server = Server(data_dir, port=port, logins=logins)
    except OSError as error:
        if error.filename is not None:
            sys.exit(f"The sandbox can't keep anything in {data_dir}: {error.strerror}.")
        sys.exit(f"The sandbox can't listen on port {port} of 127.0.0.1: {error.strerror}.")
    signal.signal(signal.SIGTERM, _stop)
    print(f"ready {server.url}", flush=True)
    print("Stand-ins for SAP and marketing's statistics, for a first look and for tests. Variables for the desk:")
    for name, value in environment(server.url, logins).items():
        print(f"  {name}={value}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("Sandbox stopped; what arrived is kept in", data_dir)
    finally:
        server.server_close()


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    reader = argparse.ArgumentParser(prog="python -m integrations.sandbox", description=__doc__)
    add_arguments(reader, Path("var/sandbox"))
    given = reader.parse_args()
    serve(given.port, given.data_dir, Logins())
