"""Messages nobody can work on, and queues that vanish."""

import json
import time
from typing import Any

import kombu

from tests.faults.cases import fault
from tests.faults.world import World, wait_for

KILLER = "tests.faults.killer.die"


def _publish(world: World, body: bytes, **options: Any) -> None:
    with kombu.Connection(world.broker.url, transport_options={"confirm_publish": True}) as broker:
        options = {"exchange": "sap", "routing_key": "sap", "content_encoding": "utf-8", **options}
        kombu.Producer(broker.default_channel).publish(body, delivery_mode=2, **options)


def _headers(task: str) -> dict[str, str]:
    return {"task": task, "id": "poison", "root_id": "poison", "lang": "js"}


def letters_kept(world: World) -> int:
    return int(world.query("SELECT count(*) FROM orders_deadletter")[0][0])


@fault(14, dead_letters=5)
def poison(world: World, orders: int) -> None:
    """Poison: undecodable, unknown task, a payload that always kills its worker, deleted queue and binding."""
    world.wait_until_ready(world.start_worker("-I", "tests.faults.killer"))
    sap, json_type = "integrations.sap.tasks.notify_sap", "application/json"
    before = letters_kept(world)
    _publish(world, b"\xff\xfe no json", headers=_headers(sap), content_type=json_type)
    _publish(world, b"nothing at all", content_type="text/plain")
    _publish(world, json.dumps([[1], {}, {}]).encode(), headers=_headers("shop.no_such_task"), content_type=json_type)
    arguments = json.dumps([["1; DROP TABLE"], {}, {}]).encode()
    _publish(world, arguments, headers=_headers(sap), content_type=json_type)
    _publish(world, json.dumps([[1], {}, {}]).encode(), headers=_headers(KILLER), content_type=json_type)
    world.load.burst(orders // 2)
    wait_for(lambda: letters_kept(world) >= before + 5, "five dead letters were kept")
    world.broker.ctl("delete_queue", "marketing")
    world.load.burst(orders // 4)
    time.sleep(1)
    assert world.broker.ctl("eval", _unbind("printing")).strip() == "ok", "the binding is still there"
    world.load.burst(orders // 4)
    time.sleep(1)


def _unbind(queue: str) -> str:
    """Erlang for the broker to delete a queue's binding, as an operator's slip of the hand would."""
    name = 'rabbit_misc:r(<<"/">>, {}, <<"' + queue + '">>)'
    binding = f'{{binding, {name.format("exchange")}, <<"{queue}">>, {name.format("queue")}, []}}'
    return f'rabbit_binding:remove({binding}, <<"faults">>).'
