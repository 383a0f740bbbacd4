"""docs/problems.md is what the table of problems says: `python -m tests.docs.test_problems` writes it."""

from http import HTTPStatus
from pathlib import Path

from orders.problem_types import TYPES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "problems.md"
HEAD = """# Problems

What the API answers when something is wrong: problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)),
`application/problem+json`. `type` is one of these, for good: programs decide by it. `title` and `detail` are for
people, and may be worded better one day. The address of `type` is a page of the desk's own with the same words.

A program that meets a `type` it does not know goes by `status`.
"""


def text() -> str:
    """The page: made of orders/problem_types.py."""
    parts = [HEAD]
    for kind in TYPES.values():
        parts.append(f"## `{kind.uri}`\n\n**{kind.status} {kind.title}.** {kind.when} {kind.cure}\n")
    return "\n".join(parts)


def test_the_page_says_what_the_table_says() -> None:
    assert PAGE.read_text() == text()


def test_each_problem_has_words_of_its_own_and_a_status_of_http() -> None:
    rows = list(TYPES.values())
    assert len({row.title for row in rows}) == len(rows) > 15
    for row in rows:
        assert HTTPStatus(row.status) >= 400
        assert all((row.title, row.when.endswith("."), row.cure.endswith("."))), row


if __name__ == "__main__":
    PAGE.write_text(text())
