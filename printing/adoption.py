"""Which spool folder a printer's slips go to: the one it had first, until a person says otherwise."""

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


def take_new_folder(printer: Printer) -> None:
    """A person says that the folder was replaced on purpose: the one that is there now is taken, or one is made.

    Slips that lie in the old one only become `unknown`: a person is asked for each. Raises NotYet as `adopt_folder`.
    """
    printer.folder_id = marker.adopt(create=True)
    printer.save(update_fields=["folder_id"])
