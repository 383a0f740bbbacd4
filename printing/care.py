"""What people say about a printer: its paper was checked, its folder was replaced on purpose."""

from collections.abc import Iterable

from django.db import transaction

from orders.models import Deed
from printing.models import Printer
from printing.printers import marker
from printing.reach import refuse_in_copy


@transaction.atomic
def paper_checked(printers: Iterable[Printer], *, by: str) -> int:
    """A person has looked at the paper: the printers ask for it no more. Returns how many had asked."""
    checked = [printer for printer in printers if printer.check_paper]
    Printer.objects.filter(pk__in=[printer.pk for printer in checked]).update(check_paper=False)
    Deed.remember(Deed.What.PAPER_CHECKED, checked, by=by)
    return len(checked)


def take_new_folder(printer: Printer, *, by: str) -> None:
    """A person says that the folder was replaced on purpose: the one that is there now is taken, or one is made.

    Slips that lie in the old one only become `unknown`: a person is asked for each. Raises NotYet as
    `adoption.adopt_folder`, and in a copy of another desk's database: the folder is that desk's.
    """
    refuse_in_copy()
    printer.folder_id = marker.adopt(create=True)
    with transaction.atomic():
        printer.save(update_fields=["folder_id"])
        Deed.remember(Deed.What.FOLDER_TAKEN, [printer], by=by)
