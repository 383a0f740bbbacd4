import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from pytest_django import Settings

from integrations.sandbox.environment import environment
from integrations.sandbox.faults import Fault, Faults
from integrations.segment.client import send_event
from integrations.segment.payload import order_completed
from integrations.segment.settings import SegmentSettings
from orders.models import Order
from tests.integrations.running_sandbox import RunningSandbox


def test_what_arrived_is_shown_and_labelled_as_a_stand_in(sandbox: RunningSandbox, order: Order) -> None:
    send_event(order_completed(order), timezone.now())
    page = sandbox.get("/")
    assert order.number in page
    assert "SAP (stand-in)" in page
    assert "not for real orders" in page


def test_what_a_customer_wrote_is_text_on_the_page(sandbox: RunningSandbox, order: Order) -> None:
    event = order_completed(order)
    event["properties"]["order_id"] = "<script>alert(1)</script>"
    send_event(event, timezone.now())
    assert "<script>" not in sandbox.get("/")


def test_a_killed_sandbox_still_knows_what_arrived(tmp_path: Path, order: Order, settings: Settings) -> None:
    for kept in (1, 2):
        process = subprocess.Popen(
            [sys.executable, "-m", "integrations.sandbox", "--data-dir", tmp_path], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        try:
            word, url = process.stdout.readline().split()
            assert word == "ready"
            write_key = environment(url)["SHOP_MARKETING_WRITE_KEY"]
            settings.MARKETING = SegmentSettings(url=url, write_key=write_key)
            event = order_completed(order) | {"messageId": f"message-{kept}"}
            send_event(event, timezone.now())
            send_event(event, timezone.now())
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
        with (tmp_path / "ledger.jsonl").open("a") as ledger:
            ledger.write('{"kind": "event", "cut o')
    again = RunningSandbox(tmp_path)
    try:
        events = again.json("/sandbox/events.json")
    finally:
        again.close()
    assert (events["count"], events["deliveries"]) == (2, 4)
    assert events["by_message_id"] == {"message-1": 2, "message-2": 2}


def test_a_fault_lasts_as_often_as_it_was_asked_for() -> None:
    faults = Faults()
    faults.add("sap", Fault(("503",), count=2))
    assert [faults.take("sap") for _ in range(3)] == ["503", "503", ""]
    assert faults.take("marketing") == ""


def test_a_fault_without_count_lasts_until_cleared() -> None:
    faults = Faults()
    faults.add("sap", Fault(("500",)))
    assert {faults.take("sap") for _ in range(10)} == {"500"}
    faults.clear("sap")
    assert faults.take("sap") == ""


def test_random_faults_repeat_with_their_seed() -> None:
    def luck(seed: int) -> list[str]:
        faults = Faults()
        faults.add("sap", Fault(("503", "cut-reply"), rate=0.3, seed=seed))
        return [faults.take("sap") for _ in range(200)]

    assert luck(1) == luck(1) != luck(2)
    assert 30 < sum(1 for kind in luck(1) if kind) < 90


@pytest.mark.parametrize(
    "wrong",
    [
        {"destination": "nowhere", "kind": "503"},
        {"destination": "sap", "kind": "explode"},
        {"destination": "sap", "kind": "200"},
        {"destination": "sap", "kind": "503", "count": -1},
        {"destination": "sap", "kind": "503", "rate": 2},
    ],
)
def test_a_switch_that_makes_no_sense_is_refused(sandbox: RunningSandbox, wrong: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        sandbox.fail(**wrong)
    assert caught.value.code == 400
    assert "must be" in caught.value.read().decode()


class Forms(HTMLParser):
    """Every form of a page: its address, its fields, and what its button says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], str]] = []
        self.action, self.fields, self.in_button = "", dict[str, str](), False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action, self.fields = given["action"], {}
        elif tag == "input":
            self.fields[given["name"]] = given["value"]
        self.in_button = tag == "button"

    def handle_data(self, data: str) -> None:
        if self.in_button:
            self.found.append((self.action, self.fields, data))
        self.in_button = False


def press(sandbox: RunningSandbox, action: str, fields: dict[str, str]) -> str:
    """Sends the form as a browser does, follows it, and returns the page it leads to."""
    request = urllib.request.Request(sandbox.url + action, urlencode(fields).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert (answer.status, answer.url) == (200, sandbox.url + "/")
        return str(answer.read().decode())


def test_every_button_of_the_page_does_what_it_says(sandbox: RunningSandbox) -> None:
    buttons = Forms(sandbox.get("/")).found
    assert len(buttons) == 17
    switches = [button for button in buttons if button[0] == "/sandbox/fail"]
    assert len(switches) == 16
    for action, fields, text in switches:
        page = press(sandbox, action, fields)
        (shown,) = sandbox.json("/sandbox/faults.json")[fields["destination"]]
        assert "until cleared" in shown if "until cleared" in text else " times)" in shown, text
        assert f"Failing on demand: {shown}" in page
        (again,) = [form for form in Forms(page).found if form[2] == "work again"]
        page = press(sandbox, again[0], again[1])
        assert sandbox.json("/sandbox/faults.json") == {"sap": [], "marketing": []}
        assert "work again" not in page
    for action, fields, text in [*buttons[16:], ("/sandbox/paper", {"present": "yes"}, "put paper in")]:
        page = press(sandbox, action, fields)
        assert sandbox.json("/sandbox/jobs.json")["has_paper"] is ("put" in text)
        assert ("Out of paper" in page) is ("take" in text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "65536"], "'65536' is no port"),
        (["--port=-1"], "'-1' is no port"),
        (["--port", "http"], "'http' is no port"),
        (["--data-dir", "/dev/null/x"], "The sandbox can't keep anything in /dev/null/x: Not a directory."),
    ],
)
def test_what_it_can_not_be_started_with_is_said_in_a_line(arguments: list[str], said: str) -> None:
    command = [sys.executable, "-m", "integrations.sandbox", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode != 0, said in done.stderr, "Traceback" in done.stderr) == (True, True, False), done.stderr
