"""manage.py resend: sends waiting and parked steps again, after showing how many."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import timezone

from orders.database import clock
from orders.models import Step
from orders.numbers import read_typed
from orders.step_names import names_of
from orders.steps import destinations, instance, transitions


class NoTime(ArgumentTypeError, ValueError):
    """argparse shows the words of the one; the other is what parsing raises."""


def moment(text: str) -> datetime:
    """A time as "2026-11-23T08:00", in the shop's time zone unless it names one. Raises NoTime."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else timezone.make_aware(at)).astimezone(UTC)
    except (ValueError, OverflowError):  # In UTC it is before the year 1, or after 9999.
        raise NoTime(f"{text!r} is no time; 2026-11-23T08:00 is one.") from None


class Command(BaseCommand):
    help = (
        "Sends waiting and parked steps again: those of one order, of one destination, or all that failed since a time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--order", metavar="NUMBER", help="the steps of this order")
        parser.add_argument("--step", choices=list(settings.STEP_TASKS), help="only steps that go there")
        parser.add_argument(
            "--since", type=moment, metavar="TIME", help="only what failed since, e.g. 2026-11-23T08:00"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        steps = transitions.resendable(self.chosen(options))
        count = steps.count()
        self.stdout.write(f"{count} of the steps that were asked for are waiting or parked.")
        if not count or not (options["yes"] or self.confirmed(count)):
            self.stdout.write("Nothing was sent.")
            return
        sent = transitions.resend(steps, by="manage.py resend")
        self.stdout.write(f"{sent} steps are sent again.")
        if copy := instance.why_held():
            self.stdout.write(f"They are held. {copy}")
        for name in sorted(destinations.holding()):
            if held := destinations.held_steps(name).count():
                self.stdout.write(f"{name} is paused or its circuit breaker is open: it holds {held} steps.")

    def chosen(self, options: dict[str, Any]) -> QuerySet[Step]:
        if all(options[name] is None for name in ("order", "step", "since")):
            raise CommandError("Say which steps: --order, --step or --since.")
        steps = Step.objects.all()
        if options["order"] is not None:
            steps = steps.filter(order__number=self.known_number(options["order"]))
        if options["step"] is not None:
            steps = steps.filter(name__in=names_of(options["step"]))
        if options["since"] is not None:
            if options["since"] > (now := clock.now()):
                later, is_now = (f"{timezone.localtime(time):%Y-%m-%d %H:%M}" for time in (options["since"], now))
                raise CommandError(f"{later} is yet to come: it is {is_now} now.")
            steps = steps.filter(finished_at__gte=options["since"])
        return steps

    def known_number(self, text: str) -> str:
        number = read_typed(text)  # None for "", too: of a script's empty variable nobody meant all orders.
        if number is None or not Step.objects.filter(order__number=number).exists():
            raise CommandError(f"There is no order {text}.")
        return number

    def confirmed(self, count: int) -> bool:
        return input(f"Send {count} steps again? [y/N] ").strip().lower() in ("y", "yes")
