"""A shop's templates that nothing shows are told: they were laid down for a reason."""

from pathlib import Path
from typing import Any

import pytest

from orders.overlay import ROOMS
from orders.unused_templates import unused

MAIL = '{% extends "mail/base.txt" %}'
SLIP = '{% extends "printing/slip.html" %}'


def told(folder: Path, files: dict[str, str]) -> dict[str, str]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return {file.relative_to(folder).as_posix(): fault for file, fault in unused(folder, ROOMS)}


@pytest.mark.parametrize(
    "name", ["slip.html", "Printing/slip.html", "staff/error.html", "templates/printing/slip.html"]
)
def test_a_file_elsewhere_is_not_looked_at(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, {name: ""}) == {name: "it is not looked at: only files in printing/ and mail/ are."}


@pytest.mark.parametrize(
    "name", ["printing/slips.html", "printing/slip.htm", "printing/slip.html.txt", "mail/sent.txt"]
)
def test_a_name_that_nobody_asks_for_is_never_used(tmp_path: Path, name: str) -> None:
    assert told(tmp_path, {name: "", "printing/slip.html": ""}) == {
        name: "it is never used: the desk has no template of that name, and none of yours includes it."
    }


@pytest.mark.parametrize("how", ['{% include "printing/part.html" %}', "{% include './part.html' with a=1 %}"])
def test_a_part_that_is_included_is_used(tmp_path: Path, how: str) -> None:
    assert told(tmp_path, {"printing/slip.html": how, "printing/part.html": "", "printing/.part.html": ""}) == {}


def test_a_block_that_what_it_builds_on_does_not_have_is_never_used(tmp_path: Path) -> None:
    files = {
        "printing/slip.html": SLIP + "{% block ende %}x{% endblock %}",
        "mail/shipped.txt": MAIL + "{%block told%}x{%endblock told%}{% block end %}{% endblock %}",
    }
    assert told(tmp_path, files) == {
        "printing/slip.html": "its block ende is never used: printing/slip.html has end.",
        "mail/shipped.txt": "its block end is never used: mail/base.txt has told.",
    }


def test_blocks_of_the_shops_own_are_used(tmp_path: Path) -> None:
    files = {
        "printing/slip.html": SLIP + "{% block end %}{% block mine %}{% endblock %}{% endblock %}",
        "mail/base.txt": "{% block told %}{% endblock %}{% block more %}{% endblock %}",
        "mail/shipped.txt": MAIL + "{% block more %}x{% endblock %}",
    }
    assert told(tmp_path, files) == {}


def test_a_file_that_can_not_be_read_is_left_to_the_check_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root reads everything, so the test refuses by itself."""
    read = Path.read_text

    def refuse(file: Path, *args: Any, **options: Any) -> str:
        if file.name == "slip.html" and tmp_path in file.parents:
            raise PermissionError(13, "Permission denied")
        return read(file, *args, **options)

    monkeypatch.setattr(Path, "read_text", refuse)
    assert told(tmp_path, {"printing/slip.html": SLIP, "slip.htm": ""}).keys() == {"slip.htm"}
