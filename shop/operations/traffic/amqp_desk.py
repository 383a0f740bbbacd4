"""Places orders over AMQP, as another program would: see docs/commands.md."""

import json
from urllib.parse import urlsplit

from django.conf import settings

from orders.messaging.asking import Asker, Full, NoReply, NotTaken
from orders.messaging.looking import BrokerAway
from orders.messaging.queues import INTAKE
from shop.operations.traffic.answer import Answer, Later, NoAnswer, NoDesk, Placed, Refused, problem, read_object
from shop.operations.traffic.http_desk import BUSY
from shop.operations.traffic.made_up import MadeUp

PATIENCE, PAUSE = 30.0, 5.0  # seconds until an answer must have come; until a queue that is full is tried again
PLACED, REFUSED = "order.placed", "order.refused"


class AMQPDesk:
    """The desk behind the exchange `orders.intake` of the broker in the settings."""

    def __init__(self) -> None:
        self._asker = Asker(INTAKE)

    @property
    def hosts(self) -> list[str]:
        """Of all nodes of the broker."""
        return [urlsplit(url).hostname or "localhost" for url in settings.BROKER_URL.split(";")]

    def place(self, order: MadeUp, key: str) -> Answer:
        """Raises NoDesk or NoAnswer."""
        try:
            reply = self._asker.ask(json.dumps(order.body).encode(), key, PATIENCE)
        except Full as error:
            return Later(str(error), PAUSE)
        except NotTaken as error:
            raise NoDesk(f"Nobody takes orders over AMQP. {error}") from error
        except NoReply as error:
            waits = f"the order may wait in {INTAKE}, and be placed later"
            raise NoAnswer(f"For {PATIENCE:g} s {error}; {waits}") from error
        except BrokerAway as error:
            raise NoAnswer(f"The broker does not answer: {error}") from error
        return _understood(reply.type, read_object(reply.body))


def _understood(kind: str, details: dict[str, object]) -> Answer:
    number, status = details.get("order_num"), details.get("status")
    if kind == PLACED and isinstance(number, str):
        return Placed(number)
    if kind == REFUSED:
        said = problem(status or "", details)
        return Later(said, PAUSE) if status in BUSY else Refused(said)
    raise NoDesk("What answers is no order desk: its answer is of another type.")
