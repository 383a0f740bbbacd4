"""`manage.py traffic`: orders that nobody placed, as the tutorial's producer sends them."""

import random
import time
import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from shop.operations.arguments import explained, positive, whole, words
from shop.operations.program import Program
from shop.operations.traffic import pace
from shop.operations.traffic.amqp_desk import AMQPDesk
from shop.operations.traffic.answer import Answer, Later, NoAnswer, NoDesk, Placed
from shop.operations.traffic.http_desk import HTTPDesk, desk_url, kept_key
from shop.operations.traffic.loopback import is_loopback
from shop.operations.traffic.made_up import CUSTOMERS, MadeUp, make_up, on_sale

DEFAULT_URL = "http://127.0.0.1:8000"
TRIES, PAUSE = 60, 1.0  # So often a desk that went away is asked again, so many seconds apart.


class Command(Program):
    interrupted = 0
    help = (
        "Places made-up orders, one after the other: a customer by chance, one to four products that are on sale. "
        "Shows a line an order; Ctrl-C ends it and says how many were placed. For a first look: every order it "
        "places is real to the desk that takes it, down to the slip."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        often = parser.add_mutually_exclusive_group()
        often.add_argument(
            "--every", type=explained(pace.between), default=(0.0, 10.0), metavar="SECONDS",
            help="wait so long between two orders: 5, or 0-10 for a random time (the default)",
        )  # fmt: skip
        often.add_argument(
            "--rate", type=explained(pace.per_second), metavar="N/s", help="so many: 5/s, 100/min, 20/hour"
        )
        parser.add_argument("--count", type=explained(positive), metavar="N", help="end after so many orders")
        parser.add_argument(
            "--customers", type=explained(words), default=list(CUSTOMERS), metavar="A,B,C", help="who orders"
        )
        parser.add_argument("--seed", type=explained(whole), metavar="N", help="the same orders and pauses at each run")
        to = parser.add_mutually_exclusive_group()
        to.add_argument(
            "--url", type=explained(desk_url), metavar="URL",
            help=f"the desk; without it SHOP_PUBLIC_URL, which a first look sets, else {DEFAULT_URL}",
        )  # fmt: skip
        to.add_argument(
            "--amqp", action="store_true", help="over RabbitMQ, to the exchange orders.intake, with answers"
        )
        parser.add_argument(
            "--key-file", type=explained(kept_key), metavar="FILE",
            help="with an API key in it, to order as its client (over HTTP)",
        )  # fmt: skip
        parser.add_argument("--yes", action="store_true", help="also to a desk that is not on this machine")

    def run(self, **options: Any) -> int:
        self.placed = self.refused = self.unknown = 0
        desk = self.desk(options)
        self.check_hosts(desk.hosts, options["yes"])
        chance = random.Random(options["seed"])  # noqa: S311 - no secret
        waits = pace.evenly(options["rate"]) if options["rate"] else pace.at_random(options["every"], chance)
        try:
            for number, order in enumerate(islice(self.orders(chance, options["customers"]), options["count"])):
                if number:
                    time.sleep(next(waits))
                self.place(desk, order)
        except KeyboardInterrupt:
            return 0
        finally:
            with self.interrupts.whole():
                self.sum()
        return 0 if self.placed else 1

    def sum(self) -> None:
        if self.placed or self.refused or self.unknown:
            unknown = ", one without an answer so far" if self.unknown else ""
            self.say(f"{self.placed} placed, {self.refused} refused{unknown}")

    def desk(self, options: dict[str, Any]) -> HTTPDesk | AMQPDesk:
        if options["amqp"]:
            if options["key_file"]:
                raise CommandError("--key-file is for HTTP; over RabbitMQ the user is the client.")
            if settings.BROKER_EMBEDDED:
                raise CommandError("The embedded broker has no exchanges: set SHOP_BROKER_URL for --amqp.")
            return AMQPDesk()
        return HTTPDesk(options["url"] or own_url(), options["key_file"] or "")

    def check_hosts(self, hosts: list[str], allowed: bool) -> None:
        strange = [host for host in hosts if not is_loopback(host)]
        if strange and not allowed:
            raise CommandError(f"{strange[0]} is not this machine. If made-up orders may go there, say --yes.")

    def orders(self, chance: random.Random, customers: list[str]) -> Iterator[MadeUp]:
        """Without end. What is on sale is looked up anew after a refusal: it may have changed."""
        refused, products = -1, []
        while True:
            if self.refused != refused:
                refused, products = self.refused, on_sale()
            if not products:
                raise CommandError("Nothing is on sale. `manage.py demo_catalogue` adds sixty products.")
            yield make_up(chance, customers, products)

    def place(self, desk: HTTPDesk | AMQPDesk, order: MadeUp) -> None:
        """Tries until the order is placed or refused, under one key."""
        key = str(uuid.uuid4())
        left = TRIES if self.placed or self.refused else 0
        while True:
            try:
                with self.interrupts.whole():
                    answer = self.sent(desk, order, key)
                    self.tell(order, answer)
                if not isinstance(answer, Later):
                    return
                pause = answer.seconds
            except NoDesk as error:
                raise CommandError(str(error)) from error
            except NoAnswer as error:
                if not left:
                    raise CommandError(f"{error}. Is the desk running? Another: --url.") from error
                left, pause = left - 1, PAUSE
                self.note(f"{error}; again in {pause:g} s")
            time.sleep(pause)

    def sent(self, desk: HTTPDesk | AMQPDesk, order: MadeUp, key: str) -> Answer:
        try:
            return desk.place(order, key)
        except KeyboardInterrupt:
            self.unknown = 1
            raise

    def tell(self, order: MadeUp, answer: Answer) -> None:
        if isinstance(answer, Placed):
            self.placed += 1
            self.note(f"{answer.number}  {order}")
        elif isinstance(answer, Later):
            self.note(f"{answer.why}; again in {answer.seconds:g} s")
        else:
            self.refused += 1
            self.note(f"refused: {answer.why}  ({order})")

    def note(self, text: str) -> None:
        self.say(f"{timezone.localtime():%H:%M:%S}  {text}")


def own_url() -> str:
    """Where the desk of these settings answers. Raises CommandError if SHOP_PUBLIC_URL is no address for this."""
    try:
        return desk_url(settings.PUBLIC_URL or DEFAULT_URL)
    except ValueError as error:
        raise CommandError(f"SHOP_PUBLIC_URL: {error}. Or name the desk with --url.") from error
