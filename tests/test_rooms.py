"""What import-linter can't say about the rooms: see docs/architecture.md."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

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


def test_no_file_is_too_long_to_be_one_noun() -> None:
    assert {name: length for name, text in modules() if (length := len(text.splitlines())) > LONGEST} == {}


def imported(text: str) -> set[str]:
    """The modules that a file imports, with the names it takes from them."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_only_the_workers_room_imports_celerys_worker() -> None:
    users = {name for name, text in modules() if any(f"{one}.".startswith("celery.worker.") for one in imported(text))}
    room = "orders/messaging/worker"
    assert users == {f"{room}/{name}.py" for name in ("commands", "consumer", "remote_control")}


def test_amounts_are_shown_and_sent_with_their_currencys_digits_alone() -> None:
    """`amount` has them; the columns hold the bare number, which placing copies and adds up."""
    readers = {name for name, text in modules() if re.search(r"[\w\])]\.(total|price|revenue)\b", text)}
    assert {name for name in readers if not name.startswith("orders/models/")} == {"orders/placing.py"}
    rounders = {name for name, text in modules() if re.search(r"\bquantize\(", text)}
    assert rounders == {"orders/money.py"}
    # Two digits, whatever the currency: seconds and points have them.
    of_two_digits = {name for name, text in modules() if re.search(r":,?\.2f", text)}
    assert of_two_digits == {"shop/staff/order_page/timeline.py", "printing/documents/pictures.py"}


def path(node: ast.expr) -> Iterator[str]:
    """The names on the way to an object: `order.steps.filter(…)` gives filter, steps, order."""
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Attribute):
            yield node.attr.lower()
        node = node.func if isinstance(node, ast.Call) else node.value
    yield ast.unparse(node).lower()


def is_about_steps(node: ast.expr) -> bool:
    return any("step" in name or name == "claim" for name in path(node))


def changes_a_step(text: str) -> bool:
    """True if the code updates steps with a state, or sets a step's state, or says so in SQL."""
    if "SET state =" in text:
        return True
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Attribute(attr="update", value=steps), keywords=words):
                found = is_about_steps(steps) and bool({word.arg for word in words} & {"state", None})
            case ast.Attribute(attr="state", ctx=ast.Store(), value=step):
                found = is_about_steps(step)
            case _:
                found = False
        if found:
            return True
    return False


def test_a_steps_state_changes_in_its_transitions_alone() -> None:
    assert {name for name, text in modules() if changes_a_step(text)} == set(TRANSITIONS)


@pytest.mark.parametrize(
    "code",
    [
        "Step.objects.filter(pk=1).update(state='queued')",
        "Step.objects.filter(pk=1).update(state=Step.State.QUEUED, failures=0)",
        "steps.update(**AFRESH)",
        "order.steps.exclude(name='x').update(state=after)",
        "step.state = 'queued'",
        "claim.step.state, now = State.DONE, 1",
        "SQL = 'UPDATE x SET state = 1'",
    ],
)
def test_whoever_changes_a_steps_state_is_seen(code: str) -> None:
    assert changes_a_step(code)


# Whose own clock a file of these rooms may read, and why: nobody compares that time with another process's.
OWN_CLOCK = {
    "orders/database/clock.py": "SQLite's clock is the process's own",
    "orders/messaging/dead_letters.py": "shown to staff only",
    "orders/messaging/admitted_headers.py": "a message's ETA and expiry are its sender's",
    "orders/messaging/periodic.py": "compared with the database's, to say that it is wrong",
    "integrations/segment/client.py": "sentAt of a batch without events",
    "integrations/http/failures.py": "a date in Retry-After is the remote's; ours is all there is to compare it with",
    "printing/documents/test_page.py": "a part of a name",
}
CLOCKS = re.compile(r"timezone\.now\b|datetime\.(?:utc)?now\b|time\.time\b")


def test_times_that_processes_compare_are_the_databases() -> None:
    rooms = ("orders/", "printing/", "integrations/")
    readers = {name for name, text in modules() if name.startswith(rooms) and CLOCKS.search(text)}
    assert readers - {"integrations/sandbox/ledger.py"} == OWN_CLOCK.keys()


def test_whether_this_is_postgresql_is_asked_in_one_place() -> None:
    assert {name for name, text in modules() if ".vendor ==" in text} == {"orders/database/vendor.py"}


def test_which_errors_mean_that_the_database_is_away_is_said_in_one_place() -> None:
    """(placing.py catches the error of a lock that it did not get in time: another matter.)"""
    errors = {"django.db.InterfaceError", "django.db.OperationalError"}
    users = {name for name, text in modules() if errors & imported(text)}
    assert users == {"orders/database/outage.py", "orders/placing.py"}


def test_a_task_keeps_its_name_when_its_file_moves() -> None:
    """Messages in flight carry the name: the table says where the file is now."""
    current_app.loader.import_default_modules()
    for task in (*settings.ORDER_STEPS.values(), *settings.CANCEL_STEPS.values()):
        module = settings.MOVED_TASKS.get(task, task.rpartition(".")[0])
        registered = importlib.import_module(module)
        assert getattr(registered, task.rpartition(".")[2]).name == task
    assert settings.MOVED_TASKS.keys() <= {*settings.ORDER_STEPS.values(), "integrations.sap.cancel.cancel_in_sap"}


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
