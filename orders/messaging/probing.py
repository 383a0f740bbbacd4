"""Who the broker is, and whether it takes a message now: for somebody who looks for what is wrong."""

import time
from dataclasses import dataclass
from typing import Any

from orders.messaging.connection import CONFIRM_TIMEOUT
from orders.messaging.looking import connection

PATIENCE = 3.0  # seconds for a message to be confirmed


@dataclass(frozen=True)
class Probed:
    """As the broker calls itself; `refuses` says why it takes no message, "" if it does."""

    product: str
    version: str
    cluster: str
    refuses: str = ""


def probe() -> Probed:
    """Publishes a message to a queue that is this connection's alone. Raises BrokerAway.

    A broker with an alarm lets everybody in, and takes no messages: https://www.rabbitmq.com/docs/alarms.
    """
    with connection() as broker:
        about: dict[str, Any] = broker.connection.server_properties
        product, version, cluster = (str(about.get(name, "?")) for name in ("product", "version", "cluster_name"))
        return Probed(product, version, cluster, _refuses(broker))


def _refuses(broker: Any) -> str:
    channel = broker.default_channel
    confirmed: list[int] = []
    channel.confirm_select()
    channel.events["basic_ack"].add(lambda tag, multiple: confirmed.append(tag))
    queue = channel.queue_declare("", exclusive=True, auto_delete=True).queue
    channel.basic_publish(channel.prepare_message(b"", properties={}), exchange="", routing_key=queue)
    end = time.monotonic() + min(PATIENCE, CONFIRM_TIMEOUT)
    while not confirmed:
        try:
            broker.drain_events(timeout=max(end - time.monotonic(), 0.01))
        except TimeoutError:
            return f"it confirmed none in {PATIENCE:g} s"
    return ""
