"""Which spool folder a printer's slips go to: the one it had first, until a person says otherwise (`printing.care`)."""

from printing.models import Printer
from printing.printers import marker


def adopt_folder(printer: Printer) -> None:
    """Before its first slip: takes the folder that is there, or makes one unless slips have lain in one before.

    Raises NotYet if there is none, or it can't be used.
    """
    had_one = printer.jobs.exclude(job_id="").exists()
    folder_id = marker.adopt(create=not had_one)
    Printer.objects.filter(pk=printer.pk, folder_id="").update(folder_id=folder_id)
    printer.refresh_from_db(fields=["folder_id"])
