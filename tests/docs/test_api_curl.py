"""The commands of docs/api.md, typed one after the other at a real desk: each prints what the page says."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import page
from tests.end_to_end.desk import TestDesk

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
END = "--- end of a command ---"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[TestDesk]:
    here = TestDesk(tmp_path / "var", {"SHOP_DATABASE_URL": database_url})
    try:
        here.start_web(processes=1)
        yield here
    finally:
        here.kill()


def test_each_command_prints_what_the_page_says(desk: TestDesk) -> None:
    entries = page.entries(PAGE)
    here = {"desk=https://desk.example.com": f"desk={desk.url}", "key=desk_1f0c6d3e8f0b_…": f"key={desk.api_key()}"}
    typed = [here.get(entry.typed, entry.typed) for entry in entries]
    assert len(set(typed) - {entry.typed for entry in entries}) == len(here)
    script = "".join(f"{line}\necho; echo '{END}'\n" for line in typed)
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    printed = [text.strip() for text in done.stdout.split(END)][: len(entries)]
    assert len(entries) > 10
    for entry, text in zip(entries, printed, strict=True):
        assert page.agrees([line for line in text.splitlines() if line.strip()], entry.printed), f"{entry}\n\n{text}"
