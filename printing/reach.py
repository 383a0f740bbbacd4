"""The way to a printer, and the one place where it is asked whether the desk may go it.

In a copy of another desk's database the printers are that desk's, and so is what lies at them. A claimed step need not
ask: the statement that claimed it has.
"""

from orders.steps import NotYet, why_held
from printing.models import Printer
from printing.printers.backend import Backend
from printing.printers.schemes import backend


def refuse_in_copy() -> None:
    """Raises NotYet if the database is not marked as this desk's own."""
    if held := why_held():
        raise NotYet(held)


def reach(printer: Printer) -> Backend:
    """The printer, for whatever a person or the clock wants of it. Raises NotYet in a copy."""
    refuse_in_copy()
    return way_to(printer)


def way_to(printer: Printer) -> Backend:
    """The same without asking: for a claimed step, and for threads that were started once it was asked."""
    return backend(printer.url + printer.folder_id)
