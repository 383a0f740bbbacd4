"""The base of every task of the desk."""

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

from celery import Task
from celery.exceptions import Reject
from django.db import close_old_connections, connection

from orders.database import outage
from orders.database.outage import AWAY

log = logging.getLogger(__name__)

IDLE = 1.0  # seconds after which a database connection may have gone bad


class DeskTask(Task):
    """A task whose message is a hint: it carries ids only, and may be lost or delivered twice.

    Arguments that are no ids make the message a dead letter. A database that is away ends the task quietly: the
    rows are untouched, and the sweeper publishes them again.
    """

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if wrong := self.refuses(args, kwargs):  # A message was asked before: orders/messaging/admission.py.
            raise Reject(f"{self.name}: {wrong}", requeue=False)
        check_database()
        try:
            return super().__call__(*args, **kwargs)
        except AWAY as error:
            outage.tell(error, "the sweeper comes back to what was not done")

    def refuses(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        """Why the task can't be called with these arguments, as the end of a sentence; "" if it can."""
        if not all(is_id(value) for value in (*args, *kwargs.values())):
            return "its arguments are not ids"
        try:
            self.__header__(*args, **kwargs)
        except TypeError:
            return "its arguments don't fit the task"
        return ""


def is_id(value: Any) -> bool:
    """True for what can be the key of a row: a positive number of 63 bits."""
    return type(value) is int and 0 < value < 2**63


class Checked:
    """When this process last looked whether its database connection is alive."""

    at = 0.0


def check_database() -> None:
    """Connections are kept between tasks. One that was idle, or has failed, is checked before the next task uses it.

    (Not before every task: that would be one more round trip for each. A claim tries a second connection itself.)
    """
    now = time.monotonic()
    # A caller's transaction needs its connection as it is.
    if not connection.in_atomic_block and (connection.errors_occurred or now - Checked.at > IDLE):
        close_old_connections()
    Checked.at = now
