"""RabbitMQ for tests, or a cluster: `with rabbitmq.server() as broker: … broker.url, broker.ctl("list_queues")`.

How a private one is run stands in `shop/quickstart/rabbitmq.py`: the first look uses it too.
"""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

from shop.quickstart import rabbitmq
from shop.quickstart.epmd import ground
from shop.quickstart.rabbitmq import USER, program

# What is asked most, while a test waits; with these columns alone, which are numbers and names.
ASKED = {
    "list_queues": 'rabbit_amqqueue:info_all(<<"/">>, [COLUMNS])',
    "list_consumers": 'rabbit_amqqueue:consumers_all(<<"/">>)',
}
PLAIN = {"name", "messages", "messages_ready", "messages_unacknowledged", "consumers", "queue_name", "prefetch_count"}
AS_JSON = """
    Plain = fun({resource, _, _, Name}) -> Name; (Value) -> Value end,
    base64:encode_to_string(iolist_to_binary(rabbit_json:encode(
        [maps:from_list([{Name, Plain(Value)} || {Name, Value} <- Row, lists:member(Name, [COLUMNS])]) || Row <- ROWS]
    ))).
"""

__all__ = ["USER", "Cluster", "RabbitMQ", "cluster", "program", "server"]


class RabbitMQ(rabbitmq.RabbitMQ):
    """One node that a test may break, empty and ask."""

    def forget(self) -> None:
        """All queues, exchanges and messages are gone. In Erlang, as rabbitmqctl would start anew for each of three."""
        everything = '<<"/">>, <<".*">>, <<".*">>, <<".*">>'
        self.erlang(
            'rabbit_vhost:delete(<<"/">>, <<"tests">>), rabbit_vhost:add(<<"/">>, <<"tests">>),'
            f' ok = rabbit_auth_backend_internal:set_permissions(<<"{USER}">>, {everything}, <<"tests">>).'
        )

    def erlang(self, expressions: str) -> str:
        """What the node makes of them: by Erlang's own small program where there is one.

        rabbitmqctl starts an Erlang of its own each time, which takes a processor half a second, and beside other work
        two. Raises RuntimeError with its words.
        """
        call = shutil.which("erl_call")
        if call is None:
            return self.ctl("eval", expressions).strip()
        command = [call, "-sname", self.node, "-c", self._epmd.cookie, "-timeout", "60", "-e"]
        done = subprocess.run(
            command, input=f"{expressions}\n", env=self.environment(), capture_output=True, text=True, check=False
        )
        answer = done.stdout.strip()
        if done.returncode or not answer.startswith("{ok, "):
            raise RuntimeError(f"erl_call {expressions}: {answer}{done.stderr}")
        return answer.removeprefix("{ok, ").removesuffix("}")

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        """The rows of a `list_…` command: `rows("list_queues", "name", "messages")`."""
        command, *columns = arguments
        if command in ASKED and PLAIN.issuperset(columns):
            asked = AS_JSON.replace("ROWS", ASKED[command]).replace("COLUMNS", ", ".join(columns))
            words = base64.b64decode(json.loads(self.erlang(asked)))
        else:
            words = self.ctl(*arguments, "--formatter", "json").encode()
        answer: list[dict[str, Any]] = json.loads(words)
        return answer


class Cluster:
    """Several nodes that know each other; quorum queues have a member on each."""

    def __init__(self, nodes: list[RabbitMQ]) -> None:
        self.nodes = nodes

    @property
    def url(self) -> str:
        """All nodes: kombu goes to the next one when one is gone."""
        return ";".join(node.url for node in self.nodes)

    def leader(self, queue: str) -> RabbitMQ:
        """The node that leads a quorum queue. Raises LookupError while there is none."""
        asked = next(node for node in self.nodes if node.running)
        for row in asked.rows("list_queues", "name", "leader"):
            if row["name"] == queue:
                for node in self.nodes:
                    if node.node == row["leader"]:
                        return node
        raise LookupError(f"Queue {queue} has no leader.")


@contextmanager
def server(*, plugins: Sequence[str] = (), config: str = "") -> Iterator[RabbitMQ]:
    """A broker of one node. `plugins` e.g. ["rabbitmq_management"]; `config` is more lines for rabbitmq.conf."""
    with ground() as (folder, epmd):
        node = RabbitMQ(folder, epmd, plugins=plugins, config=config)
        try:
            node.start()
            yield node
        finally:
            node.kill()


@contextmanager
def cluster(size: int = 3, *, config: str = "") -> Iterator[Cluster]:
    """A cluster of `size` nodes on this machine; takes some 30 s and 150 MB a node."""
    with ground() as (folder, epmd), ExitStack() as ending:
        nodes = [RabbitMQ(folder, epmd, name=f"desk{number}", config=config) for number in range(1, size + 1)]
        for node in nodes:
            ending.callback(node.kill)
        with ThreadPoolExecutor(size) as pool:
            list(pool.map(RabbitMQ.start, nodes))
        for node in nodes[1:]:
            node.ctl("stop_app")
            node.ctl("join_cluster", nodes[0].node)
            node.ctl("start_app")
        yield Cluster(nodes)
