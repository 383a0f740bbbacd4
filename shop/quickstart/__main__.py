"""Starts a whole desk on this machine, places a few orders and shows what becomes of them. Ctrl-C stops it.

Without SHOP_DATABASE_URL and SHOP_BROKER_URL it uses SQLite and a folder as the broker: nothing to install. SAP and
marketing are stand-ins on this machine, always; no `.env` is read, so that no demo order reaches a real system.
"""

import argparse
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import django
from django.core.exceptions import ImproperlyConfigured

from integrations.sandbox.environment import environment as sandbox_environment
from shop.environment import read
from shop.quickstart import broker
from shop.quickstart.local_desk import ROOT
from shop.quickstart.ports import first_free, is_free
from shop.quickstart.processes import StartFailed
from shop.quickstart.terminal import say, styled

# Where orders would go; the sandbox's own values take their place.
OUTSIDE = (
    "SHOP_SAP_", "SHOP_MARKETING_", "SHOP_GA4_", "SHOP_MATOMO_", "SHOP_WEBHOOK_", "SHOP_PRINTER_", "SHOP_SPOOL_DIR",
)  # fmt: skip


def choose_port() -> int:
    """SHOP_PORT, or 8000, or the next free one. Raises StartFailed if SHOP_PORT is taken."""
    wanted = int(read("int", "SHOP_PORT", 0))
    if not wanted:
        return first_free(8000)
    if not is_free(wanted):
        raise StartFailed(
            f"Port {wanted} (SHOP_PORT) is taken by another program. Choose another, or leave SHOP_PORT out."
        )
    return wanted


def prepare_environment(sandbox_port: int) -> None:
    """Sets what Django and all processes read. Nothing in it leads to a real system."""
    for name in [name for name in os.environ if name.startswith(OUTSIDE)]:
        del os.environ[name]
    os.environ.update(sandbox_environment(f"http://127.0.0.1:{sandbox_port}"))
    os.environ["SHOP_ENV_FILE"] = ""
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
    os.environ.setdefault("SHOP_WORKER_CONCURRENCY", "4")


def own_broker(ending: ExitStack) -> broker.Broker:
    """A RabbitMQ that is not started yet, named to the desk. Raises StartFailed if it was told to use another."""
    if read("str", "SHOP_BROKER_URL", ""):
        raise StartFailed("--rabbitmq starts a broker of its own. Leave it out, or leave out SHOP_BROKER_URL.")
    beside = ending.enter_context(broker.beside())
    os.environ["SHOP_BROKER_URL"] = beside.url
    os.environ["SHOP_BROKER_MANAGEMENT_URL"] = beside.page
    return beside


def start(*, once: bool, rabbitmq: bool) -> None:
    port = choose_port()
    sandbox_port = first_free(port + 1)
    prepare_environment(sandbox_port)
    with ExitStack() as ending:
        beside = own_broker(ending) if rabbitmq else None
        django.setup()
        # What follows uses the models, which need the settings of the lines above.
        from shop.quickstart.first_look import run

        run(port, sandbox_port, beside, once=once)


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    reader = argparse.ArgumentParser(
        prog="bin/quickstart", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--once", action="store_true", help="place one order, wait until all is done, stop; 0 or 1")
    reader.add_argument("--rabbitmq", action="store_true", help="with a RabbitMQ of its own, and its management page")
    wanted = reader.parse_args()
    os.chdir(ROOT)
    sys.path[0] = str(Path.cwd())
    # SIGINT too: a shell starts a program in its background with SIGINT ignored, and Ctrl-C must end us even then.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        start(once=wanted.once, rabbitmq=wanted.rabbitmq)
    except KeyboardInterrupt:
        return 1 if wanted.once else 0
    except (StartFailed, ImproperlyConfigured) as error:
        say(f"\n{styled('FAILED', 'red')}  {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
