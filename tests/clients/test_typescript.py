"""The types that openapi-typescript makes of docs/openapi.json fit a real desk. Needs Node 20 and npm."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from shop.openapi import FILE
from tests.end_to_end.desk import TestDesk
from tests.lacking import lacks
from tests.peers import node

HERE = Path(__file__).parent / "typescript"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the program, its packages and the generated types."""
    try:
        packages = node.installed("typescript", HERE)
    except node.NoPeers as error:
        lacks(f"TypeScript can't be had: {error}")
    folder = tmp_path / "front"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(packages / "node_modules")
    made = run(folder, "node_modules/openapi-typescript/bin/cli.js", str(FILE), "--output", "schema.d.ts")
    assert made.returncode == 0, made.stderr
    return folder


def run(folder: Path, *command: str, **given: str) -> subprocess.CompletedProcess[str]:
    """A program of Node."""
    environment = os.environ | {"NO_COLOR": "1"} | given
    return subprocess.run(
        ["node", *command], cwd=folder, env=environment, capture_output=True, text=True, timeout=100, check=False
    )


def compiled(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(folder, "node_modules/typescript/bin/tsc")


def test_it_places_lists_and_cancels_an_order(desk: TestDesk, project: Path) -> None:
    done = compiled(project)
    assert done.returncode == 0, done.stdout
    done = run(project, "shop_front.js", DESK_URL=desk.url, DESK_KEY=desk.api_key())
    assert done.returncode == 0, done.stderr
    number, status = done.stdout.split()
    assert (status, desk.get(number)["status"]) == ("cancelled", "cancelled")


def test_a_field_that_there_is_not_is_seen_before_anything_runs(project: Path) -> None:
    program = project / "shop_front.ts"
    text = program.read_text()
    for right, wrong in (
        ('customer_name: "Helgi', 'customer_nam: "Helgi'),
        ("placed.data.order_num", "placed.data.num"),
    ):
        program.write_text(text.replace(right, wrong))
        assert compiled(project).returncode != 0, wrong


def test_nothing_of_the_schema_is_left_open(project: Path) -> None:
    """What the generator does not understand becomes `unknown`."""
    types = (project / "schema.d.ts").read_text()
    code = "\n".join(line for line in types.splitlines() if not line.strip().startswith(("*", "/")))
    assert "[name: string]: unknown;" in code  # Other headers of an answer.
    assert "unknown" not in code.replace("[name: string]: unknown;", "")
