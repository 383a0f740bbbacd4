"""The answer to an order that came over AMQP, to the queue its sender named in `reply_to`."""

import json
import logging
from dataclasses import dataclass
from typing import Any

from orders import addresses, problem
from orders.messaging.admitted_headers import shown
from orders.messaging.connection import Refused, Returned, own_connection
from orders.messaging.looking import BROKER_FAILS, is_desks
from orders.messaging.message import Message
from orders.models import Order

log = logging.getLogger(__name__)
DIRECT = "amq.rabbitmq.reply-to."  # https://www.rabbitmq.com/docs/direct-reply-to

PLACED, REFUSED = "order.placed", "order.refused"


@dataclass(frozen=True)
class Reply:
    """`body` as JSON, of the kind `kind`, to the queue `to`."""

    to: str
    kind: str
    body: dict[str, Any]
    correlation_id: str = ""

    def message(self) -> Message:
        properties: dict[str, Any] = {
            "exchange": "",
            "routing_key": self.to,
            "type": self.kind,
            "content_type": "application/json" if self.kind == PLACED else problem.MEDIA_TYPE,
            "content_encoding": "utf-8",
            "delivery_mode": 2,
            # The broker returns what goes to a direct reply-to, though it delivers it, if it has to be routed.
            "mandatory": not self.to.startswith(DIRECT),
        }
        if self.correlation_id:
            properties["correlation_id"] = self.correlation_id
        return Message(json.dumps(self.body, ensure_ascii=False), properties)


def placed(order: Order) -> dict[str, Any]:
    """What POST /order answers: the same for a repeat, whatever became of the order since."""
    return {"order_num": order.number, "status": str(Order.Status.RECEIVED), "url": addresses.order(order.number)}


def deliver(reply: Reply) -> bool:
    """Publishes it; False if it can't be now. A queue that is gone or full is its owner's: logged, no more."""
    if is_desks(reply.to):
        log.warning("an order over AMQP wants its answer in %s, a queue of the desk: not answered", shown(reply.to))
        return True
    try:
        own_connection().publish([reply.message()], may_be_gone=True)
    except (Refused, Returned) as error:
        log.warning("an order over AMQP is not answered: no queue %s takes it (%s)", shown(reply.to), error)
    except Exception as error:  # Whatever the broker's client raises: the order is safe.
        if not (isinstance(error, BROKER_FAILS) and reply.to.startswith(DIRECT)):
            log.info("an order over AMQP is not answered yet: %s", type(error).__name__)
            return False
        # A made-up one ends the connection (RabbitMQ 3.10), at each try.
        told = "an order over AMQP is not answered: its reply_to %s is none that the broker gave its sender (%s)"
        log.warning(told, shown(reply.to), type(error).__name__)
    return True
