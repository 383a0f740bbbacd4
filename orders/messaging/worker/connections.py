"""Database connections are kept between tasks, and looked at when they may have gone bad."""

import time
from typing import Any

from celery.signals import task_prerun
from django.db import close_old_connections, connection

IDLE = 1.0  # seconds after which a connection may have gone bad


class Checked:
    """When this process last looked whether its database connection is alive."""

    at = 0.0


@task_prerun.connect
def check_database(**kwargs: Any) -> None:
    """Checks a connection that was idle, or has failed, before the next task uses it.

    (Not before every task: that would be one more round trip for each. A claim tries a second connection itself.)
    """
    now = time.monotonic()
    if connection.errors_occurred or now - Checked.at > IDLE:
        close_old_connections()
    Checked.at = now
