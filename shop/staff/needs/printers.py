"""Printers that give no paper while slips wait there, and slips of which nobody knows whether they were printed."""

from collections.abc import Iterator

from orders.steps.instance import told
from printing.models import Printer
from printing.standing_in import stand_in_for
from shop.staff.listed import listed
from shop.staff.needs.facts import Facts
from shop.staff.needs.need import Action, Need, Severity
from shop.staff.needs.posting import on_row
from shop.staff.needs.words import counted, lasted
from shop.staff.to_do import WAITING, Tally

LOOK, ACT = "printing.view_printer", "printing.change_printer"
LOOK_AT_JOBS, ANSWER = "printing.view_printjob", "printing.change_printjob"


def needs(facts: Facts) -> Iterator[Need]:
    for printer in facts.printers:
        waiting = facts.waiting(printer)
        if (waiting.count and trouble(printer)) or printer.check_paper:
            yield at_printer(facts, printer, waiting)
    if facts.to_do.unknown.count:
        yield unknown(facts)


def trouble(printer: Printer) -> str:
    """Why it gives no paper, in words; empty if nothing is known against it."""
    if printer.blocked or not printer.active:
        return said(printer) if printer.active else "It is switched off here."
    return "" if printer.is_folder else printer.waiting_since


def said(printer: Printer) -> str:
    return " ".join(printer.reasons.splitlines()) or "It takes nothing now."


def at_printer(facts: Facts, printer: Printer, waiting: Tally) -> Need:
    slips = f"{counted(waiting.count, 'slip')} {'waits' if waiting.count == 1 else 'wait'}"
    oldest = facts.ago(waiting.oldest)
    sentence = f"{printer}: {trouble(printer) or said(printer)} {slips}, the oldest for {lasted(oldest)}."
    if not waiting.count:
        sentence = f"{printer}: its queue says printed, but lost its history. Was all of it on paper?"
    return Need(
        kind="printer",
        subject=str(printer.pk),
        sentence=sentence,
        count=waiting.count,
        oldest=oldest,
        severity=Severity.ACT,
        permission=ACT,
        look=LOOK,
        url=slips_at(printer),
        actions=tuple(ways(facts, printer, waiting)),
    )


def ways(facts: Facts, printer: Printer, waiting: Tally) -> Iterator[Action]:
    """In a copy of another desk's database there is none: the printer is that desk's."""
    if not told(facts.to_do.mark):
        yield from buttons(printer)
        yield from instead(facts, printer, waiting)


def buttons(printer: Printer) -> Iterator[Action]:
    if printer.check_paper:
        yield on_row("Paper was checked", "paper_checked", printer)
    elif printer.active:
        paper = "paper" in printer.reasons.lower()
        yield on_row("Paper is in" if paper else "Ask it again", "ask_now", printer)


def instead(facts: Facts, printer: Printer, waiting: Tally) -> Iterator[Action]:
    """The way round it, if slips wait and another printer takes some: the button says which."""
    other = stand_in_for(printer, facts.printers) if waiting.count else None
    if other:
        yield on_row(f"Use {other}", "use_instead", printer, instead=str(other.pk))


def slips_at(printer: Printer) -> str:
    """The list of the slips that wait there."""
    return listed("printjob", "printing", printer__id__exact=str(printer.pk), state__in=",".join(WAITING))


def unknown(facts: Facts) -> Need:
    url = listed("printjob", "printing", state__exact="unknown")
    count = facts.to_do.unknown.count
    return Need(
        kind="unknown print",
        subject="",
        sentence=f"{counted(count, 'slip')}: nobody knows whether {'it was' if count == 1 else 'they were'} printed.",
        count=count,
        oldest=facts.ago(facts.to_do.unknown.oldest),
        severity=Severity.ACT,
        permission=ANSWER,
        look=LOOK_AT_JOBS,
        url=url,
        actions=(Action("Look now", url),),
    )
