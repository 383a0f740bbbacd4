"""The spool folder: some other program watches it and prints the PDFs in it. A crash never leaves half a file in it.

Programs that watch such folders take `*.pdf`; they move what they took to `done/`, or delete it. A file that is
gone was taken only if the folder is the one it was written to: `printing.printers.folder` knows it, and its receipts.
"""

import os
from collections.abc import Iterable, Mapping

from django.conf import settings

from printing.printers import folder, marker
from printing.printers.backend import JobStatus, Status, Withdrawal
from printing.printers.places import DRAFTS, REFUSED, TAKEN


class SpoolFolder(folder.Folder):
    """The folder as a printer: a `printing.printers.backend.Backend`. A job is done when its file was taken."""

    def find(self, name: str) -> str | None:
        with folder.opened(self.identity) as here:
            return folder.file_name(name) if folder.find(here, folder.file_name(name)) else None

    def status(self) -> Status:
        if self.identity or settings.SPOOL_DIR.exists():  # Before its first slip there need not be a folder.
            with folder.opened(self.identity) as here:
                marker.try_to_write(here)
        return Status("ready")

    def jobs(self, ids: Mapping[str, str]) -> dict[str, JobStatus]:
        with folder.opened(self.identity) as here:
            return {name: _fate(here, file) for name, file in ids.items()}

    def withdraw(self, job_id: str, name: str) -> Withdrawal:
        """A file that is still there was not taken. It is moved aside first: no watcher takes it there."""
        aside = f"{DRAFTS}/{job_id}.withdrawn"
        with folder.opened(self.identity) as here:
            try:
                os.rename(job_id, aside, src_dir_fd=here, dst_dir_fd=here)
            except FileNotFoundError:
                return Withdrawal.TOO_LATE
            folder.remove(here, aside)
            folder.remove(here, folder.receipt(job_id))
        return Withdrawal.NOT_PRINTED

    def forget(self, ids: Iterable[str]) -> None:
        with folder.opened(self.identity) as here:
            for file in ids:
                folder.remove(here, folder.receipt(file))


def _fate(here: int, file: str) -> JobStatus:
    if folder.exists(here, file):
        folder.touch(here, folder.receipt(file))  # The desk's earlier versions wrote none.
        return JobStatus()
    if refused := next((place for place in REFUSED if folder.exists(here, f"{place}/{file}")), ""):
        return JobStatus(failed=True, reason=f"The program that prints from the folder put it into {refused}/.")
    if folder.exists(here, f"{TAKEN}/{file}") or folder.exists(here, folder.receipt(file)):
        return JobStatus(done=True)
    return JobStatus(forgotten=True, reason="It was given to another spool folder, or this one was cleared.")
