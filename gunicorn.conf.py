"""What gunicorn reads by itself where it is started in this folder. Options on its command line win."""

import os
from contextlib import suppress
from typing import Any

from dotenv import dotenv_values

# By itself gunicorn believes whoever connects from this machine that he is a proxy, and his headers: that the request
# came by HTTPS (X-Forwarded-Proto), where the application is mounted (SCRIPT_NAME). Here it believes nobody. Whether
# there is a proxy says SHOP_BEHIND_PROXY, and Django alone reads what the proxy says.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

# Bytes: as long an address as the shipped nginx passes on. What is longer nginx refuses as problem details.
limit_request_line = 8190


# With SHOP_LOG_FORMAT=json its own lines are JSON, too. (The settings are read later, in its processes.)
# Nothing of `shop` may be imported here: it would stay in the master, old, when SIGHUP brings new code.
_given: dict[str, Any] = dict(os.environ)
with suppress(OSError, ValueError):  # The settings refuse such a file, and say why.
    _file = os.environ.get("SHOP_ENV_FILE", ".env") or os.devnull
    _file = os.environ.get("SHOP_ENV_FILE", ".env") or os.devnull
    _given = dotenv_values(_file, interpolate=False, encoding="utf-8-sig") | _given
if _given.get("SHOP_LOG_FORMAT") == "json":
    logconfig_dict: dict[str, Any] = {
        "version": 1,
        "formatters": {"generic": {"class": "orders.json_lines.JsonLines"}},
    }

# gunicorn would tell systemd that it is ready before it has a process that answers. The first one that does tells it:
# shop/operations/web_pulse.py. (This file is read again at SIGHUP.)
os.environ["DESK_NOTIFY_SOCKET"] = os.environ.pop("NOTIFY_SOCKET", "") or os.environ.get("DESK_NOTIFY_SOCKET", "")


def on_exit(server: Any) -> None:
    from orders.messaging import systemd

    systemd.tell(systemd.STOPPING)


def post_worker_init(worker: Any) -> None:
    """Tells the gate how many threads the process has: it keeps one free while the database is silent.

    The database is told, too: each thread keeps a connection, and `manage.py doctor` adds them up.
    And what gunicorn refuses by itself is told as problem details, too, and logged without a word of it. From now on
    systemd hears of the process.
    """
    from gunicorn import util

    from orders.database import names
    from shop.operations import traces, web_pulse
    from shop.operations.gate import THE_GATE
    from shop.unreadable import Unquoted, write_error

    THE_GATE.threads = worker.cfg.threads
    names.Called.is_a(str(names.Web(worker.cfg.workers, worker.cfg.threads, worker.ppid)))
    util.write_error = write_error
    worker.log.error_log.addFilter(Unquoted())
    traces.begin()
    web_pulse.begin(worker)
