"""The log of a real desk, as JSON: each line of each process is an object, and each attempt is one of them."""

import json
import urllib.request
from typing import Any

import pytest

from shop.quickstart.processes import Process
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TestDesk, wait_for

REQUEST = "front-2291"
BODY = {"customer_name": "Ásgerður Ösp Njálsdóttir", "products_ids": [2, 4]}


@pytest.fixture(params=["real"])
def floor_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def place(desk: TestDesk) -> str:
    headers = {"Content-Type": "application/json", "Request-Id": REQUEST}
    request = urllib.request.Request(f"{desk.url}/order", json.dumps(BODY).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(json.load(answer)["order_num"])


def parsed(process: Process) -> list[dict[str, Any]]:
    return [json.loads(line) for line in process.log.read_text().splitlines()]


def attempts_of(worker: Process) -> list[dict[str, Any]]:
    return [line for line in parsed(worker) if "attempt" in line]


def test_every_line_is_json_and_each_attempt_has_one(open_desk: OpenDesk, floor: dict[str, str]) -> None:
    desk = open_desk({**floor, "SHOP_LOG_FORMAT": "json"})
    number = place(desk)
    desk.wait_until_processed(number)
    worker, web = desk.processes["worker1"], desk.processes["web"]
    wait_for(lambda: len(attempts_of(worker)) == 3, "each attempt has its line")
    attempts = attempts_of(worker)
    assert {line["destination"] for line in attempts} == {"sap", "marketing", "printing"}
    for line in attempts:
        assert (line["order"], line["outcome"], line["attempt"], line["request_id"]) == (number, "done", 1, REQUEST)
    for process in (worker, web):
        process.stop()
        said = parsed(process)
        assert len(said) > 2
        assert all({"time", "level", "logger", "message"} <= line.keys() for line in said)
        assert "Ásgerður" not in json.dumps(said, ensure_ascii=False)
    assert not [line for line in parsed(worker) if "succeeded in" in line["message"] or "] received" in line["message"]]


def test_lines_for_people_are_as_few(open_desk: OpenDesk, floor: dict[str, str]) -> None:
    desk = open_desk(floor)
    number = place(desk)
    desk.wait_until_processed(number)
    worker = desk.processes["worker1"]

    def lines() -> list[str]:
        return [line for line in worker.log.read_text().splitlines() if f" of {number}: done" in line]

    wait_for(lambda: len(lines()) == 3, "each attempt has its line")
    assert all(line.endswith(f" [{REQUEST}]") for line in lines())
    assert "succeeded in" not in worker.log.read_text()
