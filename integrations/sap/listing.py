"""All sales orders of ours since a day, page by page. Nothing is written."""

import time
from collections.abc import Iterator
from datetime import date

from integrations.sap.client import SalesOrders
from orders.steps import Temporary

PAGE = 500  # rows
MOST = 50_000  # sales orders
LONGEST = 600.0  # seconds


class NotAll(Exception):
    """There are more than were read; a sentence."""


def created_since(sap: SalesOrders, day: date) -> Iterator[tuple[str, str]]:
    """Number and customer reference of each. Raises a StepError if SAP does not answer as it should, NotAll.

    A page may be shorter than was asked for, as SAP likes. An empty one is the end.
    """
    until, after, seen = time.monotonic() + LONGEST, "", set[str]()
    while rows := sap.page(day, after, PAGE):
        fresh = [row for row in rows if row[0] not in seen]
        if not fresh:
            raise Temporary("SAP's list begins anew with each page (a proxy that drops the query?).", code="look-up")
        yield from fresh
        seen |= {number for number, _ in fresh}
        after = rows[-1][0]
        if len(seen) >= MOST or time.monotonic() > until:
            raise NotAll(f"Only the first {len(seen)} sales orders were read: ask since a later day.")
