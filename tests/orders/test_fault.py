"""What is said about a part of an order that is wrong."""

import ast
import re
from pathlib import Path

from orders.fault import NONE, Fault, shown

ROOT = Path(__file__).resolve().parents[2]


def said() -> set[str]:
    """Each code in our own code: the second argument of every Fault."""
    found = set()
    for path in (ROOT / "orders").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Fault" and node.args:
                assert isinstance(node.args[1], ast.Constant), path
                found.add(str(node.args[1].value))
    return found


def test_every_code_is_documented_and_no_other() -> None:
    page = (ROOT / "docs" / "api.md").read_text()
    table = page[page.index("| `code` | what is wrong |") :].split("\n\n")[0]
    assert set(re.findall(r"`([a-z_]+)`", re.sub(r"(?m)\|[^|]*\|$", "", table))) - {"code"} == said()
    assert len(said()) > 15


def test_a_fault_is_its_sentence_and_has_a_code() -> None:
    fault = Fault("It is blank.", "blank")
    assert (fault, fault.code) == ("It is blank.", "blank")
    assert not NONE


def test_a_made_up_name_is_cut_and_can_be_seen() -> None:
    assert shown("adress") == "adress"
    assert shown("x" * 32) == "x" * 32
    assert shown("x" * 33) == "x" * 31 + "…"
    assert shown("a\x00\ud800\u202eb") == "a\ufffd\ufffd\ufffdb"
