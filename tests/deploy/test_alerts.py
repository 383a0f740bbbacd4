"""The alert rules: each fires and does not, has its page, and asks for figures that the desk tells."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.lacking import lacks
from tests.shop.operations.metrics.test_view import NAMES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "prometheus"
RULES = [rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
ALERTS = [rule["alert"] for rule in RULES]
TESTS = yaml.safe_load((FOLDER / "alerts_test.yml").read_text())["tests"]
DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "desk.json").read_text())
# Prometheus's own, and RabbitMQ's exporter's (3.10: rabbitmq_prometheus, metrics.md).
OTHERS = {"up", "rabbitmq_queue_consumers", "rabbitmq_queue_messages_ready"}


def metrics_in(expression: str) -> set[str]:
    """The metrics that a PromQL expression names."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", "", expression)
    bare = re.sub(r"\b(by|on|without|ignoring)\s*\([^)]*\)", "", bare)
    return set(re.findall(r"\b(?:desk|rabbitmq|node)_\w+|\bup\b", bare))


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    if not program:
        lacks("promtool is not installed: Debian's package prometheus has it.")
    return subprocess.run([program, *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=60, check=False)


def test_the_rules_can_be_read_and_each_alert_fires_and_is_silent() -> None:
    checked = promtool("check", "rules", "alerts.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    tested = promtool("test", "rules", "alerts_test.yml")
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_a_test_of_the_rules_can_fail(tmp_path: Path) -> None:
    """With a bound that is a hundred times as high nothing fires, and promtool says so."""
    rules = (FOLDER / "alerts.yml").read_text().replace("> 30\n", "> 3000\n")
    (tmp_path / "alerts.yml").write_text(rules)
    shutil.copy(FOLDER / "alerts_test.yml", tmp_path)
    assert "DeskNoSweep" in promtool("test", "rules", str(tmp_path / "alerts_test.yml")).stderr


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_is_tested_both_ways(alert: str) -> None:
    cases = {test["name"]: test["alert_rule_test"] for test in TESTS}
    assert any(case["exp_alerts"] for case in cases[f"{alert} fires"])
    assert not any(case["exp_alerts"] for case in cases[f"{alert} is silent"])
    assert {case["alertname"] for case in cases[f"{alert} is silent"]} == {alert}


def test_each_alert_has_its_page_and_each_page_its_alert() -> None:
    headings = re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text(), re.M)
    assert headings == ALERTS or sorted(headings) == sorted(ALERTS)
    for rule in RULES:
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in ("page", "ticket")


@pytest.mark.parametrize("rule", RULES, ids=ALERTS)
def test_the_rules_ask_for_figures_that_there_are(rule: Any) -> None:
    named = metrics_in(rule["expr"])
    assert named
    assert named <= NAMES | OTHERS


def queries() -> list[tuple[str, str]]:
    return [(panel["title"], target["expr"]) for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]


def test_the_dashboard_asks_for_figures_that_there_are_and_shows_each() -> None:
    named = set()
    for title, expression in queries():
        assert metrics_in(expression), title
        assert metrics_in(expression) <= NAMES | OTHERS, title
        named |= metrics_in(expression)
    left = {"desk_step_duration_seconds_sum", "desk_step_duration_seconds_count"}
    assert named - OTHERS == NAMES - left


@pytest.mark.parametrize(("title", "expression"), queries())
def test_prometheus_understands_each_query_of_the_dashboard(title: str, expression: str, tmp_path: Path) -> None:
    expression = expression.replace("$__rate_interval", "5m")
    rule = {"groups": [{"name": "x", "rules": [{"record": "x", "expr": expression}]}]}
    (tmp_path / "rule.yml").write_text(yaml.safe_dump(rule))
    checked = promtool("check", "rules", str(tmp_path / "rule.yml"))
    assert checked.returncode == 0, checked.stdout + checked.stderr
