"""What of Celery's command line makes no sense with the desk: one line that says what does.

Asked where the app and its configuration are loaded, which is before Celery does what was asked of it.
"""

import os
import re
import sys

import click

REFUSED = {
    "amqp": "it makes queues that are not as the desk declares them; manage.py queues and manage.py follow show what is"
    " there, rabbitmqctl or RabbitMQ's management page changes it",
    "beat": "every worker does the periodic rounds by itself; start celery -A shop worker and nothing else",
    "list": "manage.py queues shows the queues, rabbitmqctl list_bindings the bindings",
    "migrate": "set SHOP_BROKER_URL to the other broker: what waits is published there again from its rows",
    "result": "no task has a result; manage.py follow and the order's page in the admin show what became of it",
}
CANNOT_WORK = 78  # As orders/messaging/worker/exits.py: whose import would load the settings.
POOLS = ("eventlet", "gevent")


def refuse() -> None:
    """Ends the process if it is such a command."""
    context = click.get_current_context(silent=True)
    command = context.find_root().invoked_subcommand if context else None
    if command in REFUSED:
        raise SystemExit(_told(f"celery {command} is not for the desk: {REFUSED[command]}.", 2))
    if command == "worker" and (pool := _pool(sys.argv[1:])) in POOLS:
        raise SystemExit(
            _told(f"The worker ends: -P {pool} can't end a step that hangs; use -P prefork or -P solo.", CANNOT_WORK)
        )


def _pool(arguments: list[str]) -> str:
    """Celery would load it before it asks the desk's worker, with a traceback where it is not installed."""
    said = re.findall(r"(?:^| )(?:-P ?|--pool[= ])(\S+)", " ".join(arguments))
    return str(said[-1]) if said else os.environ.get("CELERY_WORKER_POOL", "")


def _told(line: str, code: int) -> int:
    print(line, file=sys.stderr)
    return code
