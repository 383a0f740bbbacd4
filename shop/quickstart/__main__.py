"""Starts a whole desk on this machine, places a few orders and shows what becomes of them. Ctrl-C stops it.

Without SHOP_DATABASE_URL and SHOP_BROKER_URL it uses SQLite and a folder as the broker: nothing to install. SAP and
marketing are stand-ins on this machine, always. Of the environment and of `.env` it takes what leads nowhere (name,
currency, time zone, port, …), and says what it leaves out: no demo order reaches a real system.
"""

import argparse
import os
import signal
import sys
from contextlib import ExitStack
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import django
from django.core.exceptions import ImproperlyConfigured

from shop.env_file import values_in
from shop.environment import read
from shop.quickstart import broker
from shop.quickstart.environment import point_at_sandbox, prepare, take
from shop.quickstart.local_desk import ROOT
from shop.quickstart.ports import first_free, is_free
from shop.quickstart.processes import StartFailed
from shop.quickstart.terminal import say, styled

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
A_MOMENT = 0.01  # seconds


def choose_port() -> int:
    """SHOP_PORT, or 8000, or the next free one. Raises StartFailed if SHOP_PORT is taken."""
    wanted = int(read("int", "SHOP_PORT", 0))
    if not wanted:
        return first_free(8000)
    if not 0 < wanted < 65536:
        raise StartFailed(f"SHOP_PORT: {wanted} is no port; they go from 1 to 65535.")
    if not is_free(wanted):
        raise StartFailed(
            f"Port {wanted} (SHOP_PORT) is taken by another program. Choose another, or leave SHOP_PORT out."
        )
    return wanted


def prepare_environment() -> None:
    """Makes the environment the first look's, for Django and all processes, and says what was left out."""
    file = Path(str(read("str", "SHOP_ENV_FILE", ".env")))
    taken = take(os.environ, values_in(file) if file.name else {}, str(file))
    prepare(os.environ, taken)
    for note in taken.notes:
        say(styled(note, "dim"))


def own_broker(ending: ExitStack) -> broker.Broker:
    """A RabbitMQ that is not started yet, named to the desk. Raises StartFailed if it was told to use another."""
    if read("str", "SHOP_BROKER_URL", ""):
        raise StartFailed("--rabbitmq starts a broker of its own. Leave it out, or leave out SHOP_BROKER_URL.")
    beside = ending.enter_context(broker.beside())
    os.environ["SHOP_BROKER_URL"] = beside.url
    os.environ["SHOP_BROKER_MANAGEMENT_URL"] = beside.page
    return beside


def start(*, once: bool, in_trouble: bool, rabbitmq: bool) -> None:
    prepare_environment()
    port = choose_port()
    sandbox_port = first_free(port + 1)
    point_at_sandbox(os.environ, sandbox_port)
    os.environ["SHOP_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    with ExitStack() as ending:
        beside = own_broker(ending) if rabbitmq else None
        django.setup()
        # What follows uses the models, which need the settings of the lines above.
        from shop.quickstart.first_look import run

        run(port, sandbox_port, beside, once=once, in_trouble=in_trouble)


def show_whatever_can_be_shown() -> None:
    """A terminal that lacks our letters gets others, and who closed the output gets none."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def come_again(dropped: "UnraisableHookArgs") -> None:
    """Python drops what is raised in a finalizer or a weak reference's callback: an interrupt comes a moment later."""
    if issubclass(dropped.exc_type, KeyboardInterrupt):
        signal.setitimer(signal.ITIMER_REAL, A_MOMENT)
    else:
        sys.__unraisablehook__(dropped)


def main() -> int:
    reader = argparse.ArgumentParser(
        prog="bin/quickstart", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    way = reader.add_mutually_exclusive_group()
    way.add_argument("--once", action="store_true", help="place one order, wait until all is done, stop; 0 or 1")
    way.add_argument("--trouble", action="store_true", help="a desk to mend: SAP fails, the printer is out of paper")
    reader.add_argument("--rabbitmq", action="store_true", help="with a RabbitMQ of its own, and its management page")
    given = reader.parse_args()
    show_whatever_can_be_shown()
    os.umask(0o077)  # What is written is nobody else's to read, whoever writes it.
    os.chdir(ROOT)
    sys.path[0] = str(Path.cwd())
    # SIGINT too: a shell starts a program in its background with SIGINT ignored, and Ctrl-C must end us even then.
    for number in (*STOPPING, signal.SIGALRM):
        signal.signal(number, interrupt)
    sys.unraisablehook = come_again
    try:
        start(once=given.once, in_trouble=given.trouble, rabbitmq=given.rabbitmq)
    except (KeyboardInterrupt, RuntimeError) as error:
        # Python 3.11 wraps an interruption that comes in the middle of an import, while a class is made.
        if not isinstance(error.__cause__ or error, KeyboardInterrupt):
            raise
        return 1 if given.once else 0
    except (StartFailed, ImproperlyConfigured, OSError) as error:
        tell(error)
        return 1
    finally:  # All that is left is to end.
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
    return 0


def tell(error: Exception) -> None:
    """What went wrong is the last line; what a log says about it stands above."""
    if log := getattr(error, "log", ""):
        say(f"\nThe end of its log:\n{log}")
    words = getattr(error, "message", str(error))
    if isinstance(error, OSError):
        words = f"{error.filename or 'The system'}: {error.strerror or error}"
    say(f"\n{styled('FAILED', 'red')}  {words}")


if __name__ == "__main__":
    sys.exit(main())
