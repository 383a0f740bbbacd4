"""`manage.py follow`: what becomes of the orders, as other programs are told; the tutorial's consumer."""

import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from orders.messaging.following import CannotFollow, Follower, Taken
from orders.messaging.looking import BrokerAway, is_desks
from shop.operations.arguments import explained, positive, words
from shop.operations.following.shown import as_json, as_line
from shop.operations.program import Program

EVERYTHING = "order.#"
LONGEST = 255  # bytes of a name: a short string of AMQP 0-9-1
AT_MOST = 0.5  # seconds until Ctrl-C is heeded
PAUSE = 1.0  # seconds between two tries to connect


def name(text: str) -> str:
    """Raises ValueError with a sentence."""
    if not text.isprintable() or not 0 < len(text.encode(errors="replace")) <= LONGEST:
        raise ValueError(f"a name has 1 to {LONGEST} printable characters")
    return text


def keys(text: str) -> list[str]:
    return [name(key) for key in words(text)]


class Command(Program):
    interrupted = 0
    help = (
        "Shows what becomes of the orders, a line an event, from the exchange orders.events; or what comes into a "
        "queue of your own. Each message is acknowledged when it has been shown. Ctrl-C ends it and says how many "
        "there were. Whoever follows reads all orders."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--queue", type=explained(name), metavar="NAME",
            help="a queue of your own, which keeps what comes while nobody follows; with --keys it is made if it is "
            "not there. Without it: a queue that is gone at the end",
        )  # fmt: skip
        parser.add_argument(
            "--keys", type=explained(keys), default=[], metavar="KEYS",
            help=f"the events to follow, with commas between them: * is one word, # any number (default: {EVERYTHING})",
        )  # fmt: skip
        parser.add_argument(
            "--no-ack", action="store_true", help="acknowledge nothing: the broker forgets a message when it sends it"
        )
        parser.add_argument("--count", type=explained(positive), metavar="N", help="end after so many messages")
        parser.add_argument("--json", action="store_true", help="one JSON document a line")

    def run(self, **options: Any) -> int:
        self.options, self.shown, self.was_connected, self.is_away = options, 0, False, False
        self.following = follower = self.follower()
        try:
            while not follower.ended:
                self.follow(follower)
        except CannotFollow as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            return 0
        finally:
            if self.was_connected:
                with self.interrupts.whole():
                    self.remark(self.sum(follower.over))
        return 0

    def follower(self) -> Follower:
        queue = self.options["queue"]
        if settings.BROKER_EMBEDDED:
            raise CommandError("The embedded broker has no exchanges: set SHOP_BROKER_URL to follow.")
        if queue and is_desks(queue):
            raise CommandError(
                f"{queue} is the desk's own queue: what you took from it would be missing there for a while. "
                "Leave --queue out, or name one of yours."
            )
        bound = self.options["keys"] or ([] if queue else [EVERYTHING])
        return Follower(queue, bound, self.show, no_ack=self.options["no_ack"])

    def follow(self, follower: Follower) -> None:
        """Until it ends, or the connection does."""
        try:
            with follower.connected() as wait:
                again, self.was_connected, self.is_away = self.was_connected, True, False
                self.note("Connected again." if again else "Following; Ctrl-C ends it.")
                while not follower.ended:
                    with self.interrupts.whole():
                        wait(AT_MOST)
        except BrokerAway as error:
            if follower.ended:
                return
            if not self.was_connected:
                raise CommandError(f"The broker does not answer: {error}", returncode=2) from error
            if not self.is_away:
                self.note(f"The connection is gone ({error}); trying again each second.{self.missed()}")
            self.is_away = True
            time.sleep(PAUSE)

    def show(self, message: Taken) -> None:
        self.shown += 1
        self.following.ended = self.shown == self.options["count"]
        if self.options["json"]:
            self.say(as_json(message))
        else:
            self.say(f"{timezone.localtime():%H:%M:%S}  {as_line(message)}")

    def missed(self) -> str:
        if self.options["queue"]:
            return ""
        return " What happens meanwhile is not shown; a queue with a name (--queue) would keep it."

    def sum(self, over: int) -> str:
        many = f"{self.shown} message{'' if self.shown == 1 else 's'}"
        if not self.options["no_ack"]:
            return f"{many}, each acknowledged when it was shown"
        return (
            f"{many}, none acknowledged; {over} more had been sent here already and {'is' if over == 1 else 'are'} lost"
        )

    def note(self, text: str) -> None:
        self.remark(f"{timezone.localtime():%H:%M:%S}  {text}")

    def remark(self, text: str) -> None:
        """What is no message: beside the JSON, not in it."""
        if self.options["json"]:
            with suppress(OSError):
                self.stderr.write(text)
        else:
            self.say(text)
