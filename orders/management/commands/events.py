"""manage.py events: what happened to orders since a time, for programs that come late or whose queue was full."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet

from orders.database import outage
from orders.events import history
from orders.events.cloudevent import cloudevent
from orders.events.one_queue import NotTaken, publish_to
from orders.management.commands.resend import moment
from orders.messaging.looking import is_desks
from orders.models import Event, Order
from orders.numbers import read_typed
from orders.steps import why_held


class Command(BaseCommand):
    help = (
        "Shows the events since a time, or puts them into a queue. `manage.py events resend` publishes those again "
        "that were refused because a queue was full: an order's in sequence, but after later ones of it that went out "
        "meanwhile. Events tell of all orders: docs/events.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", nargs="?", default="show", metavar="resend", help="publish refused events again")
        parser.add_argument("--since", metavar="TIME", help="e.g. 2026-11-23T08:00, in the shop's time zone")
        parser.add_argument("--order", metavar="NUMBER", help="only those of this order")
        parser.add_argument("--refused", action="store_true", help="only refused ones; --since may be left out")
        parser.add_argument("--json", action="store_true", help="a line of JSON each: the event as it is published")
        parser.add_argument("--publish", metavar="QUEUE", help="put them into this queue, which must be there")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.do(options)
        except BrokenPipeError:  # `… | head`
            raise SystemExit(0) from None
        except outage.AWAY as error:
            raise CommandError(f"The database is away: {outage.describe(error)}") from None

    def do(self, options: dict[str, Any]) -> None:
        if options["action"] not in ("show", "resend"):
            raise CommandError(f"Unknown word {options['action']!r}: there is `manage.py events resend`.")
        events = self.chosen(options)
        if options["action"] == "resend":
            self.resend(events, options)
        elif options["publish"] is not None:
            self.publish(events, options["publish"])
        else:
            self.show(events, options)

    def chosen(self, options: dict[str, Any]) -> QuerySet[Event]:
        refused = options["refused"] or options["action"] == "resend"
        since = None if refused and options["since"] is None else self.time(options["since"])
        number = self.known_number(options["order"]) if options["order"] is not None else ""
        events = history.since(since, number)
        return events.filter(state=Event.State.REFUSED) if refused else events

    def time(self, text: str | None) -> datetime:
        if not text:
            raise CommandError("Say since when: --since 2026-11-23T08:00.")
        try:
            return moment(text)
        except ValueError:
            raise CommandError(f"--since: {text!r} is no time; 2026-11-23T08:00 is one.") from None

    def known_number(self, text: str) -> str:
        number = read_typed(text)
        if number is None or not Order.objects.filter(number=number).exists():
            raise CommandError(f"There is no order {text}.")
        return number

    def show(self, events: QuerySet[Event], options: dict[str, Any]) -> None:
        as_json, none = options["json"], True
        for some in history.in_batches(events):
            none = False
            for event in some:
                self.stdout.write(json.dumps(cloudevent(event), ensure_ascii=False) if as_json else line(event))
        if none and options["refused"] and not as_json:
            self.stdout.write("None was refused.")

    def publish(self, events: QuerySet[Event], queue: str) -> None:
        self.refuse_without_broker()
        if is_desks(queue):
            raise CommandError(f"The queue {queue} is the desk's own: nobody writes events into it.")
        if held := why_held():
            raise CommandError(held)
        count = 0
        try:
            for some in history.in_batches(events):
                publish_to(queue, some)
                count += len(some)
        except NotTaken as error:
            found = f"At least {events_are(count)}" if count else "No event is"
            raise CommandError(f"{error} {found} in it.") from None
        self.stdout.write(f"{events_are(count)} in the queue {queue}.")

    def resend(self, events: QuerySet[Event], options: dict[str, Any]) -> None:
        if options["json"] or options["publish"] is not None:
            raise CommandError("`resend` publishes for all who listen; leave --json and --publish out.")
        self.refuse_without_broker()
        if not settings.EVENTS:
            raise CommandError("No events are published (SHOP_EVENTS is off).")
        count = history.reopen(events)
        after = f"; later ones of the same order{'s' * (count > 1)} may have gone out meanwhile" if count else ""
        self.stdout.write(f"{events_are(count)} published again{after}.")
        if held := why_held():
            self.stdout.write(f"They are held. {held}")

    def refuse_without_broker(self) -> None:
        if settings.BROKER_EMBEDDED:
            raise CommandError("There is no RabbitMQ to publish to (SHOP_BROKER_URL is not set).")


def events_are(count: int) -> str:
    return f"{count} event{' is' if count == 1 else 's are'}"


def line(event: Event) -> str:
    """An event for people."""
    what = f"{event.type} {event.step}".strip()
    return f"{event.at:%Y-%m-%dT%H:%M:%SZ}  {event}  {what:<24}  {event.state}"
