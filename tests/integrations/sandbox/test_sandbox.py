import os
import signal
import subprocess
import sys
import urllib.error
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from integrations.sandbox.environment import environment
from integrations.sandbox.faults import Fault, Faults
from integrations.segment.client import send_event
from integrations.segment.payload import order_completed
from integrations.segment.settings import SegmentSettings
from orders.models import Order
from tests.integrations.running_sandbox import RunningSandbox


def test_what_arrived_is_shown_and_labelled_as_a_stand_in(sandbox: RunningSandbox, order: Order) -> None:
    send_event(order_completed(order))
    page = sandbox.get("/")
    assert order.number in page
    assert "SAP (stand-in)" in page
    assert "not for real orders" in page


def test_what_a_customer_wrote_is_text_on_the_page(sandbox: RunningSandbox, order: Order) -> None:
    event = order_completed(order)
    event["properties"]["order_id"] = "<script>alert(1)</script>"
    send_event(event)
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
            send_event(event)
            send_event(event)
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
