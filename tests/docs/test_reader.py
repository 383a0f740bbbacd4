"""A page that says something untrue is found out."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docs import page, reader
from tests.docs.page import agrees
from tests.docs.reader import Reader

Follow = Callable[[str], None]


@pytest.fixture
def follow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Follow]:
    """Follows a page's text to its end."""
    monkeypatch.setattr(reader, "PATIENCE", 3)
    somebody = Reader(tmp_path, {"PATH": "/usr/bin:/bin"})

    def followed(text: str) -> None:
        (tmp_path / "page.md").write_text(text)
        for entry in page.entries(tmp_path / "page.md"):
            somebody.follow(entry)
        somebody.end()

    yield followed
    somebody.close()


def test_what_is_printed_as_the_page_says_passes(follow: Follow) -> None:
    follow("```console one\n$ echo 7  apples; echo pears\n7 apples\npears\n```\n")


@pytest.mark.parametrize(
    "block",
    [
        "$ echo 7 apples\n8 apples",
        "$ echo 7 apples",
        "$ true\n7 apples",
        "$ echo 7; echo 8\n7",
        "$ echo 8\n…\n7\n…",
        "$ (sleep 0.5; echo late)&\n[1] …\n$ sleep 1",
    ],
)
def test_a_line_that_is_wrong_missing_or_too_many_fails(follow: Follow, block: str) -> None:
    with pytest.raises(AssertionError):
        follow(f"```console one\n{block}\n```\n```console one\n$ true\n```\n")


def test_what_comes_while_a_reader_compares_is_not_missed(follow: Follow, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(printed: list[str], lines: list[str]) -> bool:
        time.sleep(0.3)
        return agrees(printed, lines)

    monkeypatch.setattr(page, "agrees", slowly)
    with pytest.raises(AssertionError):
        follow("```console one\n$ echo 7 apples\n```\n```console one\n$ true\n```\n")


def test_ctrl_c_ends_what_runs_there_and_a_second_terminal_is_another_shell(follow: Follow) -> None:
    follow(
        "```console one\n$ x=5\n$ sh -c 'trap \"echo over; exit\" INT; echo begun; sleep 60'\nbegun\n```\n"
        "```console two\n$ echo x is $x\nx is\n```\n"
        "```console one\n^C\nover\n$ echo x is $x\nx is 5\n```\n"
    )


def test_a_line_to_copy_is_the_one_that_was_shown(follow: Follow) -> None:
    follow("```console one\n$ echo echo word-$((40+2))\necho word-…\n$ echo word-…\nword-42\n```\n")


def test_three_dots_stand_for_the_rest_of_a_line_or_for_lines() -> None:
    assert agrees(["took 3 s"], ["took … s"])
    assert not agrees(["took 3 s", "took 4 s"], ["took … s"])
    assert agrees(["a", "b", "c"], ["a", "…"])
    assert agrees(["a"], ["a", "…"])
    assert not agrees(["b", "c"], ["a", "…"])
