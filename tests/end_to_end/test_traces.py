"""Traces of a real desk: each attempt is linked to the request that placed its own order, and to no other one."""

import itertools
import json
import time
import urllib.request

import pytest

from shop.quickstart.processes import Process
from tests.end_to_end.conftest import OpenDesk
from tests.end_to_end.desk import TestDesk, wait_for
from tests.servers.collector import Collector, Taken, collector

TRACES = [f"{number:032x}" for number in (0xA11CE5EED0, 0xB0B5EED0000)]
CALLER = "00f067aa0ba902b7"
STEPS = ["marketing", "printing", "sap"]
CUSTOMER = "Þórhildur Vigdísardóttir"


@pytest.fixture(params=["real"])
def floor_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def place(desk: TestDesk, trace: str = "") -> str:
    headers = {"Content-Type": "application/json"} | ({"traceparent": f"00-{trace}-{CALLER}-01"} if trace else {})
    body = json.dumps({"customer_name": CUSTOMER, "products_ids": [2, 42]}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{desk.url}/order", body, headers), timeout=30) as answer:
        return str(json.load(answer)["order_num"])


def attempts(there: Collector, number: str) -> list[Taken]:
    return [span for span in there.named("step ") if span.about["desk.order"] == number]


def wait_for_attempts(there: Collector, *numbers: str) -> None:
    wait_for(lambda: all(len(attempts(there, number)) == len(STEPS) for number in numbers), "each step has its span")


def test_the_links_of_interleaved_orders_are_their_own(open_desk: OpenDesk, floor: dict[str, str]) -> None:
    with collector() as there:
        desk = open_desk({**floor, "SHOP_TRACES_URL": there.url})
        placed = [(place(desk, trace), trace) for trace in itertools.islice(itertools.cycle(TRACES), 6)]
        without = place(desk)
        wait_for_attempts(there, without, *(number for number, _ in placed))
        for number, trace in placed:
            assert [span.links for span in attempts(there, number)] == [[(trace, CALLER)]] * len(STEPS)
        request = next(span for span in wait_for(lambda: there.named("POST /order"), "the request has its span"))
        assert (request.about["desk.order"], request.about["http.response.status_code"]) == (without, 201)
        assert [span.links for span in attempts(there, without)] == [[(request.trace, request.span)]] * len(STEPS)
        assert len(there.named("POST /order")) == 1
        steps = there.named("step ")
        assert len({span.trace for span in steps} | {request.trace, *TRACES}) == len(steps) + 3
        for number in (without, placed[0][0]):
            spans = attempts(there, number)
            assert sorted(span.about["desk.destination"] for span in spans) == STEPS
            assert {(s.about["desk.outcome"], s.about["desk.attempt"], s.error) for s in spans} == {("done", 1, None)}
        assert {(s.parent, s.resource["service.name"]) for s in there.spans} == {("", "order-desk")}
        assert there.paths == {"/v1/traces"}
        assert CUSTOMER.encode() not in there.raw


def test_a_failed_attempt_is_marked_and_the_next_has_a_span_of_its_own(
    open_desk: OpenDesk, floor: dict[str, str]
) -> None:
    with collector() as there:
        desk = open_desk({**floor, "SHOP_TRACES_URL": there.url, "SHOP_RETRY_DELAYS_SECONDS": "0.5,0.5,0.5"})
        desk.fail("sap", "503", 1)
        number = place(desk, TRACES[0])
        desk.wait_until_processed(number)
        wait_for(lambda: len(attempts(there, number)) == len(STEPS) + 1, "each attempt has its span")
        sap = [span for span in attempts(there, number) if span.about["desk.step"] == "sap"]
        first, second = sorted(sap, key=lambda span: int(span.about["desk.attempt"]))
        assert [span.about["desk.outcome"] for span in (first, second)] == ["temporary", "done"]
        assert (first.error, first.about["desk.code"], second.error) == ("HTTP 503", "HTTP 503", None)
        assert first.trace != second.trace
        assert first.links == second.links == [(TRACES[0], CALLER)]


def lines(process: Process) -> list[str]:
    return [line for line in process.log.read_text().splitlines() if "traces are lost" in line]


@pytest.mark.parametrize("silent", [False, True], ids=["refuses", "does not answer"])
def test_a_collector_that_is_away_costs_spans_alone(open_desk: OpenDesk, floor: dict[str, str], silent: bool) -> None:
    with collector() as there:
        if silent:
            there.answers.clear()
        desk = open_desk({**floor, "SHOP_TRACES_URL": there.url if silent else "http://127.0.0.1:9"})
        began = time.monotonic()
        desk.wait_until_processed(*(place(desk) for _ in range(10)))
        assert time.monotonic() - began < 20
        worker = desk.processes["worker1"]
        wait_for(lambda: lines(worker), "the log says so")
        assert all("does not answer" in line for line in lines(worker))
        assert len(lines(worker)) <= 4  # One a minute for each of its processes.
        assert "Traceback" not in worker.log.read_text()
        assert not there.spans


def test_what_was_traced_last_is_sent_when_the_processes_end(open_desk: OpenDesk, floor: dict[str, str]) -> None:
    with collector() as there:
        desk = open_desk({**floor, "SHOP_TRACES_URL": f"{there.url}/otlp/v1/traces"})
        number = place(desk)
        desk.wait_until_processed(number)
        for name in ("worker1", "web"):
            desk.processes[name].stop()
        assert len(attempts(there, number)) == len(STEPS)
        assert len(there.named("POST /order")) == 1
        assert there.paths == {"/otlp/v1/traces"}
