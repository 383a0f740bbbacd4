"""The printers that slips may go to, each asked by itself."""

from functools import partial

from orders.steps import StepError
from printing.models import Printer
from printing.reach import way_to
from shop.operations.doctor import beside
from shop.operations.doctor.copy import is_copy
from shop.operations.doctor.finding import BROKEN, OK, WARNING, Finding, Findings

NAME = "printers"


def check(until: float) -> Findings:
    printers = list(Printer.objects.filter(active=True))
    if not printers:
        yield Finding(NAME, OK, "There is none yet: the first slip makes the one of SHOP_PRINTER_URL.")
    elif is_copy():
        yield Finding(NAME, OK, f"{len(printers)} were not asked: they are another desk's.")
    else:
        questions = {printer.name: partial(ask, printer) for printer in printers}
        for name, answer in beside.ask(questions, until):
            yield answer or Finding(NAME, BROKEN, f"{name} did not answer in time.", "Is it switched on?")


def ask(printer: Printer) -> Finding:
    """One printer's condition; never raises. It talks to the printer, and not to the database."""
    try:
        status = way_to(printer).status()
    except StepError as error:
        return Finding(NAME, BROKEN, f"{printer.name}: {error.reason}", f"Is {printer.url} right, and is it on?")
    except Exception as error:
        return Finding(NAME, BROKEN, f"{printer.name}: it can't be understood ({type(error).__name__}).", "")
    said = " ".join([f"{printer.name}: {status.state}.", *status.reasons])
    if status.blocked:
        return Finding(NAME, WARNING, said, "Slips wait for it, or go to its fallback.")
    if printer.check_paper:
        return Finding(NAME, WARNING, said, "Its queue lost its history: check the paper, and say so in the admin.")
    return Finding(NAME, OK, said)
