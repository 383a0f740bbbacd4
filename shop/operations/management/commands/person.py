"""`manage.py person export|erase`: what the desk knows about somebody."""

import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from orders.models import Order
from shop.operations.person import chosen, elsewhere, mentions, telling
from shop.operations.person.erasing import StillOpen, erase, erase_mentions
from shop.operations.program import Program

BY = "manage.py person"


class Command(Program):
    help = (
        "Hands out what the desk knows about a person as JSON (export), or erases it (erase): of one order, or of all "
        "with an e-mail. What was sold stays. An order with open steps is refused. "
        "Exit code 0: done; 1: there is no such order, one was refused, or a file of it is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["export", "erase"])
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--order", metavar="NUMBER", default="", help="the person of this order")
        whose.add_argument("--email", metavar="ADDRESS", default="", help="whoever ordered with this e-mail")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def run(self, **options: Any) -> int:
        email = chosen.as_saved(options["email"])
        try:
            orders = list(chosen.orders(options["order"], email))
        except chosen.Nobody as error:
            if not mentions.are_there(mentions.of_email(email)):
                raise CommandError(str(error)) from None
            orders = []  # An order that was refused, or erased before.
        if options["what"] == "export":
            told = telling.export(orders, email)
            self.say(json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False))
            return 0
        if not (options["yes"] or self.confirmed(orders)):
            self.say("Nothing was erased.")
            return 1
        return self.erase(orders) if orders else self.erase_mentions(email)

    def confirmed(self, orders: list[Order]) -> bool:
        self.say(f"Orders: {', '.join(order.number for order in orders) or 'none; other rows speak of this e-mail.'}")
        return input(f"Erase the person of {len(orders)} orders for good? [y/N] ").strip().lower() in ("y", "yes")

    def erase_mentions(self, email: str) -> int:
        with self.interrupts.whole():
            told = erase_mentions(email)
        self.say(f"There is no order with this e-mail. Erased: {told}.")
        self.tell_elsewhere([])
        return 0

    def erase(self, orders: list[Order]) -> int:
        code = 0
        outside: list[str] = []
        for order in orders:
            try:
                with self.interrupts.whole():
                    erased = erase(order.pk, by=BY)
            except StillOpen as error:
                code = 1
                self.say(f"Refused: {error}")
            else:
                self.say(f"{order}: erased, with {erased.told}.")
                for place in erased.left:
                    code = 1
                    self.say(f"{order}, left: {place}")
                outside += [f"{order}, {place}" for place in elsewhere.of(order)]
        if outside:
            self.tell_elsewhere(outside)
        return code

    def tell_elsewhere(self, outside: list[str]) -> None:
        self.say("The desk can't erase it here:")
        for place in (*outside, *elsewhere.always()):
            self.say(f"  {place}")
