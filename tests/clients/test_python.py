"""The Python client that openapi-python-client makes of docs/openapi.json works with a real desk."""

import os
import subprocess
import sys
from pathlib import Path

from shop.openapi import FILE
from tests.end_to_end.desk import TestDesk

HERE = Path(__file__).parent / "python"


def generate(folder: Path) -> None:
    """Puts the package order_desk there. Raises CalledProcessError if anything of the schema is left out of it."""
    config = folder / "config.yaml"
    config.write_text("post_hooks: []\n")  # Nobody reads it: it need not be tidy.
    program = Path(sys.executable).parent / "openapi-python-client"
    command: list[str | Path] = [
        program,
        "generate",
        "--path",
        FILE,
        "--output-path",
        folder / "order_desk",
        "--meta=none",
    ]
    subprocess.run([*command, "--fail-on-warning", f"--config={config}"], check=True, capture_output=True, timeout=60)


def test_it_places_lists_and_cancels_an_order(desk: TestDesk, tmp_path: Path) -> None:
    generate(tmp_path)
    given = {"DESK_URL": desk.url, "DESK_KEY": desk.api_key(), "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, HERE / "shop_front.py"], env=os.environ | given, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    number, status = done.stdout.split()
    assert (status, desk.get(number)["status"]) == ("cancelled", "cancelled")
