"""The RabbitMQ of `bin/quickstart --rabbitmq`: beside the desk, with its management page, and gone with it."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shop.quickstart.epmd import ground
from shop.quickstart.ports import first_free, speaks_http
from shop.quickstart.rabbitmq import USER, RabbitMQ, program
from shop.quickstart.terminal import part, say, styled


class Broker(RabbitMQ):
    """A node on the ports that RabbitMQ's own documentation uses, or on the next free ones."""

    key: Path | None = None

    @property
    def page(self) -> str:
        """The management page's address."""
        return f"http://127.0.0.1:{self.management_port}/"

    def start_part(self, key: Path) -> None:
        """Returns when it speaks AMQP and its page answers. `key` is a file for `bin/rabbitmqctl`."""
        with part("RabbitMQ") as shown:
            self.start()
            self.process.wait_until(lambda: speaks_http(self.page), 30)
            self.write_key(key)
            shown.note = f"its own, port {self.port}, page {self.page}"

    def write_key(self, path: Path) -> None:
        """What `bin/rabbitmqctl` needs to find this node. The password is in it: its owner alone may read it."""
        values = self.variables() | {"RABBITMQCTL": program("rabbitmqctl"), "AMQP_URL": self.url}
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items()))
        self.key = path

    def show(self) -> None:
        """Says where it is, and who may see it. The password is another one at each start."""
        say(f"""
{styled("RabbitMQ", "bold")}
  Page     {self.page}    user {styled(USER, "bold")}, password {styled(self.password, "bold")}
  Status   bin/rabbitmqctl status, bin/rabbitmqctl list_queues; a tour: docs/rabbitmq.md
  Programs of yours find it by this line:
  export AMQP_URL={self.url}
  It is gone with Ctrl-C, and so are its queues and messages; no order is lost with them.""")

    def end(self) -> None:
        self.kill()
        if self.key:
            self.key.unlink(missing_ok=True)


@contextmanager
def beside() -> Iterator[Broker]:
    """A broker that is not started yet, for its address. Its processes and its data are gone afterwards."""
    program("rabbitmq-server")  # First of all, since it says what is missing.
    with ground() as (folder, epmd):
        page = first_free(15672)
        broker = Broker(folder, epmd, plugins=["rabbitmq_management"], port=first_free(5672), management_port=page)
        try:
            yield broker
        finally:
            broker.end()
