"""`manage.py reconcile`: which orders SAP has and the desk does not, and the other way round."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.timezone import localtime

from integrations.sap.client import sales_orders
from integrations.sap.listing import NotAll, created_since
from orders.database import clock, outage
from orders.management.commands.resend import moment
from orders.steps import StepError
from shop.operations.arguments import explained
from shop.operations.program import Program
from shop.operations.reconcile.comparison import Comparison, compare, sent

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # There was no desk yet; and a day before the year 1 there is none.


def a_moment(text: str) -> datetime:
    """Raises ValueError with a sentence."""
    try:
        at = moment(text)
    except ValueError:
        raise ValueError("a time is needed, for example 2026-11-23T08:00") from None
    if at < EARLIEST:
        raise ValueError("a time from the year 2000 on is needed")
    return at


class Command(Program):
    help = (
        "Asks SAP for its sales orders since a time and names those whose order the desk does not know (lost with a "
        "restore), and orders of the desk's that SAP does not have. It writes nothing. "
        "Exit code 0: both have the same; 1: they differ; 2: SAP or the database did not answer, or not all was read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=explained(a_moment), required=True, metavar="TIME")
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def run(self, **options: Any) -> int:
        if "sap" not in settings.ENABLED_STEPS:
            raise CommandError("This shop has no SAP: SHOP_ORDER_STEPS leaves it out.")
        found = Comparison(options["since"])
        try:
            self.compare(found)
        except StepError as error:
            found.trouble = error.reason
        except NotAll as error:
            found.trouble = str(error)
        except outage.ANY as error:
            found.trouble = f"The database does not answer as it should: {outage.describe(error)}"
        self.show(found, options["json"])
        return found.code

    def compare(self, found: Comparison) -> None:
        if found.since > clock.now():
            raise CommandError(
                "--since is still to come: there is nothing to compare. (Is its time zone the one you mean?)"
            )
        # SAP's days are its own: the day before loses none, whatever its time zone.
        day = (found.since - timedelta(days=1)).date()
        ours = sent(found.since)
        compare(ours, list(created_since(sales_orders(), day)), found)

    def show(self, found: Comparison, as_json: bool) -> None:
        if as_json:
            self.say(json.dumps(found.as_json(), cls=DjangoJSONEncoder, ensure_ascii=False))
            return
        if found.trouble:
            self.say(found.trouble)
            return
        for order, number in found.lost.items():
            self.say(f"lost        {order}  SAP has it as {number}; the desk does not know it.")
        for order, number in found.missing.items():
            self.say(f"not in SAP  {order}  The desk sent it as {number}; SAP's list does not have it.")
        counted = f"{found.at_sap} sales orders at SAP, {found.here} orders here"
        since = f"{localtime(found.since):%Y-%m-%d %H:%M}"
        self.say(f"{counted} since {since}: {len(found.lost)} lost, {len(found.missing)} not in SAP.")
