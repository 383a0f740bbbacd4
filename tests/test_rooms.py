"""What import-linter can't say about the rooms: see docs/architecture.md."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests import suite

ROOT = Path(__file__).resolve().parents[1]
APPS = ("shop", "orders", "integrations", "printing")
LONGEST = 200  # lines
# A step's state is changed by these alone: the transitions, and the same in SQL.
TRANSITIONS = ("orders/steps/transitions.py", "orders/steps/claims_sql.py")


def modules() -> Iterator[tuple[str, str]]:
    """Path and text of our own code."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text()


def calls(text: str, method: str) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
            yield node


def test_no_file_is_too_long_to_be_one_noun() -> None:
    assert {name: length for name, text in modules() if (length := len(text.splitlines())) > LONGEST} == {}


def test_only_the_workers_room_knows_celerys_worker() -> None:
    users = {name for name, text in modules() if "celery.worker" in text}
    assert {name for name in users if not name.startswith("orders/messaging/worker/")} == set()
    assert users  # Otherwise this looks for the wrong words.


def test_a_steps_state_changes_in_its_transitions_alone() -> None:
    """Whoever names a step's state in an update, or in SQL."""
    found = set()
    for name, text in modules():
        for call in calls(text, "update"):
            states = [keyword for keyword in call.keywords if keyword.arg == "state"]
            if any("State." in ast.unparse(keyword.value) for keyword in states) and "PrintJob" not in text:
                found.add(name)
        if "SET state =" in text:
            found.add(name)
    assert found == set(TRANSITIONS)


def test_whether_this_is_postgresql_is_asked_in_one_place() -> None:
    assert {name for name, text in modules() if "connection.vendor" in text} == {"orders/database/vendor.py"}


def test_which_errors_mean_that_the_database_is_away_is_said_in_one_place() -> None:
    assert {name for name, text in modules() if "InterfaceError" in text} == {"orders/database/outage.py"}


def test_every_task_has_a_fixed_name() -> None:
    """A message in flight names its task: it must survive a moved file."""
    for name, text in modules():
        assert "@shared_task\n" not in text, name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "shared_task":
                assert [keyword.arg for keyword in node.keywords][:1] == ["name"], name


def test_every_file_that_the_docs_name_is_there() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    named = {
        (page.name, path)
        for page in pages
        for path in re.findall(r"`((?:shop|orders|integrations|printing|tests|docs|bin)/[\w./-]+)`", page.read_text())
    }
    assert len(named) > 50
    assert {(page, path) for page, path in named if not (ROOT / path).exists()} == set()


def test_links_between_the_docs_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_a_commit_is_checked_as_bin_test_checks() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert "entry: bin/test checks" in hooks
    assert suite.CHECKS.keys() == {"format", "lint", "types", "import contracts"}
