"""What a process of the pool does with an order that came over AMQP: places it or says why not, and answers."""

import logging
from enum import Enum
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import IntegrityError

from orders import request_id
from orders.body import MAX_BODY, read_object
from orders.database import outage
from orders.database.outage import AWAY
from orders.errors import (
    BodyTooLarge,
    KeyReused,
    NotAccepted,
    OrderError,
    StillRunning,
    UnknownProducts,
    Unreadable,
    WrongType,
)
from orders.idempotency_key import fingerprint, of_message
from orders.intake import hook
from orders.intake.arrival import Arrival
from orders.intake.reply import PLACED, REFUSED, Reply, deliver, placed
from orders.messaging import dead_letters
from orders.messaging.admitted_headers import shown
from orders.messaging.task import check_database
from orders.models import Order
from orders.outbox.background import dispatch
from orders.placing import place_once, placed_before
from orders.problem import details, in_a_line, kept
from orders.wanted import read_wanted, unknown_products

log = logging.getLogger(__name__)

AS_IT_IS = ("", "utf-8", "utf8", "identity", "binary")  # content encodings that change nothing


class Outcome(Enum):
    """DONE: it may be acknowledged. AWAY: the database is. LATER: not now, for a reason of its own."""

    DONE = 1
    AWAY = 2
    LATER = 3


class MayHavePlaced(OrderError):
    """A message without an idempotency key came a second time. Look for the order before you send it again."""

    def __init__(self) -> None:
        super().__init__(
            "It came a second time and has no message_id: its order may have been placed. Please look for the order."
        )


class GaveUp(OrderError):
    """The desk could not work on a message. The log says why; the order can be sent again when that is mended."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR


def take(arrival: Arrival) -> Outcome | Reply:
    """Places the order, or keeps the message as a dead letter. Returns the answer if it could not be delivered yet.

    May be called again with the same arrival after any end but DONE: no order is placed twice.
    """
    letter = arrival.letter
    request_id.begin(str(letter.properties.get("message_id") or ""), str(letter.headers.get("traceparent") or ""))
    try:
        return _take(arrival)
    finally:
        request_id.end()


def _take(arrival: Arrival) -> Outcome | Reply:
    try:
        check_database()
        try:
            answer = _answer(arrival, PLACED, placed(place(arrival)))
        except (StillRunning, IntegrityError):  # It is being placed elsewhere; or a product is just being deleted.
            return Outcome.LATER
        except OrderError as error:
            answer = refuse(arrival, error)
    except AWAY as error:
        outage.tell(error, "orders over AMQP wait at the broker")
        return Outcome.AWAY
    except Exception as error:  # Whatever is in a message, it ends with a reason that staff can see.
        log.exception("an order over AMQP can't be worked on")
        return give_up(arrival, f"The desk failed on it ({type(error).__name__}).")
    return _answered(answer)


def give_up(arrival: Arrival, why: str) -> Outcome | Reply:
    """Keeps the message as a dead letter: that it can't be worked on is the desk's fault."""
    try:
        check_database()
        return _answered(refuse(arrival, GaveUp(why)))
    except AWAY as error:
        outage.tell(error, "orders over AMQP wait at the broker")
        return Outcome.AWAY


def answer_again(reply: Reply) -> Outcome:
    return Outcome.DONE if deliver(reply) else Outcome.LATER


def place(arrival: Arrival) -> Order:
    """The order, which an earlier message with the same message_id may have placed. Raises OrderError and AWAY."""
    with hook.around() as told:
        order = _place(arrival)
        told["order"] = order.number
        return order


def _place(arrival: Arrival) -> Order:
    _check_properties(arrival)
    key = arrival.own_key if arrival.message_id is None else of_message(arrival.user, arrival.message_id)
    data = read_object(arrival.letter.body)
    try:
        wanted = vars(read_wanted(data, settings.ORDER_REQUIRES))
    except NotAccepted:
        # What the shop insists on may have changed since the first answer.
        if order := placed_before(key, fingerprint(data)):
            return order
        raise
    if arrival.redelivered and arrival.message_id is None:
        raise MayHavePlaced
    try:
        order, replayed = place_once(key, fingerprint(data), client=arrival.client, **wanted)
    except UnknownProducts as error:
        raise unknown_products(data, error.products) from error
    except KeyReused as error:
        raise KeyReused("message_id", "one") from error
    if not replayed:
        dispatch(order.pk)
    return order


def _check_properties(arrival: Arrival) -> None:
    """Raises Unreadable, WrongType or BodyTooLarge for what the API would not read either."""
    letter = arrival.letter
    if arrival.unreadable:
        raise Unreadable(f"The message's properties can't be read ({arrival.unreadable}).")
    if not letter.content_type:  # As tutorials publish, and clients that set no properties.
        raise WrongType('The message has no content_type; "application/json" is expected.')
    if letter.content_type.partition(";")[0].strip().lower() != "application/json":
        raise WrongType
    if letter.content_encoding.strip().lower() not in AS_IT_IS:
        encoding = shown(letter.content_encoding)
        raise WrongType(
            f"The body's encoding is {encoding}; plain JSON in UTF-8 is expected.",
            "The body's encoding is another than plain JSON in UTF-8.",
        )
    if compression := letter.headers.get("compression"):  # By kombu.
        raise WrongType(
            f"The body is compressed ({shown(compression)}); plain JSON is expected.",
            "The body is compressed; plain JSON is expected.",
        )
    if letter.body_size > MAX_BODY:
        raise BodyTooLarge


def refuse(arrival: Arrival, error: OrderError) -> Reply | None:
    """Keeps the message as a dead letter, and returns the answer that says so.

    The answer may quote the sender. The row and the log never do: nobody knows what he wrote where.
    """
    arrival.letter.problem = kept(error)
    arrival.letter.why = in_a_line(arrival.letter.problem)
    dead_letters.keep_all([arrival.letter])
    return _answer(arrival, REFUSED, details(error))


def _answer(arrival: Arrival, kind: str, body: dict[str, Any]) -> Reply | None:
    properties = arrival.letter.properties
    if not properties.get("reply_to") or arrival.unreadable:
        return None
    return Reply(properties["reply_to"], kind, body, properties.get("correlation_id", ""))


def _answered(answer: Reply | None) -> Outcome | Reply:
    return Outcome.DONE if answer is None or deliver(answer) else answer
