"""docs/rabbitmq.md is typed into terminals as a reader would, on a RabbitMQ of its own, and what comes out compared."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.quickstart.ports import free_port
from tests.docs import page
from tests.docs.reader import Reader

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rabbitmq.md"


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Somebody new, in the project's folder, with the virtual environment that bin/quickstart has made."""
    folder = tmp_path / "project"
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.name not in (".venv", "var", ".env"):
            (folder / path.name).symlink_to(path)
    (folder / ".venv").symlink_to(sys.prefix)
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("SHOP_", "DJANGO_"))}
    own = {"SHOP_VAR_DIR": str(tmp_path / "var"), "SHOP_PORT": str(free_port())}
    reader = Reader(folder, outside | own)
    try:
        yield reader
    finally:
        reader.close()


@pytest.mark.timeout(600)
def test_every_command_of_the_page_prints_what_the_page_says(reader: Reader) -> None:
    entries = page.entries(PAGE)
    assert len(entries) > 50
    for entry in entries:
        reader.follow(entry)
    reader.end()


def test_the_pages_programs_are_the_projects_files() -> None:
    shown = {name: text for language, name, text in page.blocks(PAGE) if language == "python"}
    assert len(shown) > 3
    assert shown == {name: (ROOT / name).read_text() for name in shown}


def test_every_block_with_a_command_is_typed() -> None:
    assert {language for language, _, text in page.blocks(PAGE) if "$ " in text} == {"console"}
