"""Which printer a slip goes to: the sharing out of new slips, the configured printer, and the fallback."""

import logging
from datetime import timedelta
from functools import lru_cache
from itertools import chain

from django.conf import settings
from django.db.models import DurationField, Value
from django.db.models.functions import Now

from orders.database import clock, prepared, rows
from orders.database.vendor import on_postgresql
from orders.models import Order
from printing.adoption import adopt_folder
from printing.models import ListJob, Printer, PrintJob

FRESH = timedelta(seconds=30)  # or three intervals of polling: silent printers make a round of polls last seconds
log = logging.getLogger(__name__)


def give_printer(job: PrintJob | ListJob) -> None:
    """Gives a new slip its printer. While a printer is in trouble, what was not sent yet goes to who stands in for it.

    Raises NotYet as `adoption.adopt_folder`.
    """
    if isinstance(job, PrintJob) and job.pk is None:
        job.printer = choose_printer(job.order)
    if job.printer.blocked or not job.printer.active:
        _prefer_fallback(job)
    if not job.printer.folder_id and job.printer.url.startswith("spool:"):
        adopt_folder(job.printer)


def is_silent(printer: Printer) -> bool:
    """True if it did not answer, or refused a slip, and polls go on: the next slip would only wait for it again.

    Without a fresh poll (by the database's clock) nobody would release the slip, so it is tried.
    """
    fresh = Now() - Value(max(FRESH, 3 * settings.PRINTER.poll), DurationField())
    polled = Printer.objects.filter(polled_at__gte=fresh, polled_at__lt=clock.beyond())
    return polled.filter(pk=printer.pk, state__in=["offline", "trouble"]).exists()


def choose_printer(order: Order) -> Printer:
    """Shares new slips out among the printers that take them. If none does, the one of SHOP_PRINTER_URL takes all."""
    takers = takers_by_sql if on_postgresql() else takers_by_orm
    printers = takers(settings.PRINTER.url)
    return printers[order.pk % len(printers)] if printers else configured_printer()


def takers_by_orm(url: str) -> list[Printer]:
    """The printers that take new slips; if there are none, the printer with this address."""
    taking = Printer.objects.filter(active=True, takes_slips=True)
    return list(taking.order_by("name")) or list(Printer.objects.filter(url=url))


def takers_by_sql(url: str) -> list[Printer]:
    """The same in one statement for PostgreSQL: every slip asks for them."""
    return [*chain.from_iterable(prepared.fetch(_takers_sql(), [url], Printer))]


@lru_cache
def _takers_sql() -> str:
    table = Printer._meta.db_table
    return f"""
        SELECT {rows.columns(Printer, "p")} FROM {table} p
        WHERE p.active AND p.takes_slips
           OR p.url = %s AND NOT EXISTS (SELECT 1 FROM {table} WHERE active AND takes_slips)
        ORDER BY p.name
    """  # noqa: S608


def configured_printer() -> Printer:
    """The printer of SHOP_PRINTER_URL. Its row is made when it is first needed."""
    url = settings.PRINTER.url
    if known := Printer.objects.filter(url=url).first():
        return known
    spooled = url.startswith("spool:")
    name = "Spool folder" if spooled else "Printer"
    if Printer.objects.filter(name=name).exists():
        name = url[:60]
    facts = {
        "name": name,
        "paper": settings.PRINTER.paper,
        "keeps_history": spooled or settings.PRINTER.keeps_history,
        "takes_slips": False,
    }
    return Printer.objects.get_or_create(url=url, defaults=facts)[0]


def _prefer_fallback(job: PrintJob | ListJob) -> None:
    """Moves a new or claimed job to who stands in for its printer, or its fallback, if that one is well."""
    others = (job.printer.stand_in, job.printer.fallback)
    other = next((one for one in others if one and one.active and not one.blocked), None)
    if other is None:
        return
    if job.pk is None:
        job.printer = other
    elif not rows.change(job, {"state": PrintJob.State.CLAIMED}, {"printer": other}):
        return
    log.info("print job %s goes to %s instead", job, other)
