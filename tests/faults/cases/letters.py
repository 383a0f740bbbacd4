"""Dead letters: such as no row could hold, and thousands of them beside orders."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.faults.cases import fault
from tests.faults.cases.poison import letters_kept
from tests.faults.world import World, wait_for
from tests.servers.confirmed import publish

JSON = "application/json"
SAP = "integrations.sap.tasks.notify_sap"
MEGABYTE = 1_000_000


def _nested(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = {"in": value}
    return value


# Headers and properties that no row, no JSON or no text of PostgreSQL can hold as they are.
ODD: list[dict[str, Any]] = [
    {"content_encoding": "e" * 65},
    {"content_type": "t" * 255, "content_encoding": "e" * 255},
    {"application_headers": {"null": "a\0b", "a\0": 1}},
    {"application_headers": {"bytes": b"\xff\0\xfe"}},
    {"application_headers": {"date": datetime(2026, 11, 27), "decimal": Decimal("1.10")}},
    {"application_headers": {"deep": _nested(60)}},
    {"application_headers": {f"header {number}": "x" * 900 for number in range(120)}},
    {"application_headers": {"x-death": "rejected", "task": [SAP], "id": {}}},
    {"application_headers": {"x-death": [7, {"reason": []}], "task": "\0"}},
    {"application_headers": {"compression": "zlib", "task": SAP, "id": "one"}},
]


@fault(21, dead_letters=2 * len(ODD))
def odd_letters(world: World, orders: int) -> None:
    """Dead letters no row could hold: NUL, bytes, dates, depth, headers of 100 kB, x-death that is none."""
    for worker in world.workers:  # One that starts declares the exchange `sap`.
        world.wait_until_ready(worker)
    before = letters_kept(world)
    odd = [(b"\xff no json", properties) for properties in ODD]
    publish(world.broker.url, odd, exchange="", key="dead_letters")
    publish(world.broker.url, odd, exchange="sap", key="nowhere")
    world.load.burst(orders)
    wait_for(lambda: letters_kept(world) >= before + 2 * len(ODD), "all of them were rows", 30)
    reasons = {reason for (reason,) in world.query("SELECT reason FROM orders_deadletter")}
    assert reasons == {
        "It was put into the dead letters' queue directly.",
        "No queue takes messages of exchange 'sap' with key 'nowhere'.",
    }, reasons


@fault(22, dead_letters=1000)
def many_letters(world: World, orders: int) -> None:
    """Thousands of dead letters beside orders, some of 20 to 50 MB: orders go on, bodies are cut."""
    before, count = letters_kept(world), 1000 if orders < 40 else 5000
    huge = [20 * MEGABYTE] if orders < 40 else [20 * MEGABYTE, 35 * MEGABYTE, 50 * MEGABYTE]
    body = json.dumps([["no id"], {}, {}]).encode()
    properties = {"application_headers": {"task": SAP, "id": "one"}, "content_type": JSON, "content_encoding": "utf-8"}
    publish(world.broker.url, [(body, properties)] * count, exchange="", key="dead_letters")
    publish(world.broker.url, [(b"x" * size, {}) for size in huge], exchange="", key="dead_letters")
    world.load.burst(orders)
    wait_for(lambda: world.unsettled() == 0, "the orders were processed meanwhile", 60)
    wait_for(lambda: letters_kept(world) >= before + count + len(huge), "all letters were rows", 60)
    cut = world.query(
        "SELECT body_size, octet_length(body) FROM orders_deadletter WHERE body_size > 1048576 ORDER BY 1"
    )
    assert [size for size, _ in cut] == huge, cut
    assert all(kept == 1048576 for _, kept in cut), cut
