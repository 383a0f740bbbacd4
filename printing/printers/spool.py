"""The spool folder: some other program watches it and prints the PDFs in it. A crash never leaves half a file in it.

Programs that watch such folders take `*.pdf` and often move what they took to `done/`.
"""

import os
import re
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings

from orders.steps import NotYet
from printing.printers.backend import JobStatus, Status

DRAFTS, TAKEN = ".tmp", "done"
# A name with other characters could be a path that leads out of the folder.
_NAME = re.compile(r"[A-Za-z0-9-]+/r\d+/c\d+")


class SpoolFolder:
    """The folder as a printer: a `printing.printers.backend.Backend`. A job is done when its file was taken."""

    def __init__(self, url: str = "spool:") -> None:
        self.url = url

    def send(self, name: str, document: bytes, assure: Callable[[], None]) -> str:
        """Needs no `assure`: a file of that name is put there once, however late."""
        file = file_name(name)
        try:
            write(file, document)
        except OSError as error:
            raise NotYet(
                f"The spool folder can't be written to: {error.strerror}.", code=f"errno {error.errno}"
            ) from error
        return file

    def find(self, name: str) -> str | None:
        return file_name(name) if find(file_name(name)) else None

    def status(self) -> Status:
        folder = settings.SPOOL_DIR
        if folder.is_dir() and not os.access(folder, os.W_OK):
            return Status("stopped", ["The spool folder can't be written to."], blocked=True)
        return Status("ready")

    def jobs(self, ids: Iterable[str]) -> dict[str, JobStatus]:
        return {file: JobStatus(done=not (settings.SPOOL_DIR / file).exists()) for file in ids}


def file_name(name: str) -> str:
    """ "7K3M-Q9TX-2BDF/r1/c1" is spooled as "7K3M-Q9TX-2BDF.r1.c1.pdf". Raises ValueError for other names."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} can't name a file")
    return name.replace("/", ".") + ".pdf"


def find(name: str) -> Path | None:
    """The file of that name, where it was written or where the watcher put it when done; None if there is none."""
    folder = settings.SPOOL_DIR
    return next((path for path in (folder / name, folder / TAKEN / name) if path.exists()), None)


def write(name: str, content: bytes) -> bool:
    """Puts the file into the folder, complete and on the disk; False if it is already there, then nothing changes.

    Raises OSError if the folder can't be written to.
    """
    folder = settings.SPOOL_DIR
    (folder / DRAFTS).mkdir(parents=True, exist_ok=True)
    draft = folder / DRAFTS / f"{name}.{uuid.uuid4().hex}.part"
    try:
        _write_through(draft, content)
        if find(name):
            return False
        os.link(draft, folder / name)  # Fails if the name exists. A rename would replace the file.
    except FileExistsError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(folder)
    for leftover in (folder / DRAFTS).iterdir():  # by workers that were killed while writing
        if leftover.name.startswith(f"{name}."):
            leftover.unlink(missing_ok=True)
    return True


def _write_through(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Makes the new name itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
