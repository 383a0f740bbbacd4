"""The whole story, from JSON to sheet, on both floors."""

import signal

import pytest

from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TUTORIAL, wait_for

# Short leases and pauses, so that a killed worker's step is taken over within the test's time.
QUICK = {
    "SHOP_STEP_TIME_LIMIT_SECONDS": "3",
    "SHOP_STEP_LEASE_SECONDS": "4",
    "SHOP_STEP_GRACE_SECONDS": "1",
    "SHOP_RETRY_DELAYS_SECONDS": ",".join(["0.5"] * 30),
    "SHOP_SAP_REQUEST_LIMIT_SECONDS": "1",
}


def test_the_tutorials_order_arrives_once_everywhere(open_desk: OpenDesk, floor: dict[str, str]) -> None:
    desk = open_desk(floor)
    number = desk.post(TUTORIAL)
    desk.wait_until_processed(number)
    order = desk.get(number)
    assert {step["name"]: step["state"] for step in order["steps"]} == {
        "sap": "done",
        "marketing": "done",
        "printing": "done",
    }
    assert [line["product_id"] for line in order["lines"]] == [2, 4, 42]
    assert desk.sap_orders() == {number: 1}
    assert list(desk.events().values()) == [1]
    text = desk.slip_text(number)
    assert number in text
    assert "Helgi Möller" in text
    for line in order["lines"]:
        assert line["sku"] in text
        assert line["price"] not in text


@pytest.mark.timeout(180)
def test_many_orders_at_once_arrive_once_each(open_desk: OpenDesk, floor: dict[str, str]) -> None:
    desk = open_desk(floor, workers=2)
    numbers = [desk.post() for _ in range(20)]
    desk.wait_until_processed(*numbers, patience=90)
    assert desk.sap_orders() == dict.fromkeys(numbers, 1)
    assert sorted(desk.events().values()) == [1] * 20
    assert [len(desk.slips(number)) for number in numbers] == [1] * 20


def test_a_killed_workers_step_is_done_after_all(open_desk: OpenDesk, floor: dict[str, str]) -> None:
    desk = open_desk({**floor, **QUICK})
    desk.fail("sap", "hang")
    number = desk.post()
    wait_for(lambda: desk.state(number, "sap") == "running", "SAP's step runs")
    desk.processes["worker1"].kill()
    assert desk.state(number, "sap") == "running"
    desk.fail("sap", "clear")
    desk.start_worker("worker2")
    desk.wait_until_processed(number)
    assert desk.sap_orders() == {number: 1}
    assert len(desk.slips(number)) == 1


def test_a_worker_that_is_told_to_stop_finishes_what_it_works_on(open_desk: OpenDesk, floor: dict[str, str]) -> None:
    desk = open_desk(floor)
    numbers = [desk.post() for _ in range(5)]
    worker = desk.processes["worker1"]
    worker.send(signal.SIGTERM)
    wait_for(lambda: not worker.running, "the worker has ended", 40)
    assert "running" not in {step["state"] for number in numbers for step in desk.get(number)["steps"]}
    desk.start_worker("worker2")
    desk.wait_until_processed(*numbers)
    assert desk.sap_orders() == dict.fromkeys(numbers, 1)
