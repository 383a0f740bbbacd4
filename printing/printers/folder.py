"""The folder behind the spool folder's name, and how a file gets into it. It is known by a marker file, written once.

A folder that was renamed, a share that is not mounted, or another folder at the end of a symbolic link has the same
name, and no slips in it. All that is done in the folder is done through one descriptor of it: what is put in its place
meanwhile changes nothing.
"""

import errno
import os
import re
import stat
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from orders.steps import NotYet, Permanent, UnknownOutcome
from printing.printers.places import DRAFTS, TAKEN
from printing.printers.trouble import trouble

MARKER = ".order-desk-folder"
_IDENTITY = re.compile(r"[0-9a-f]{32}")
# With these a link certainly was not made. After others (a network file system lost the answer) it may have been.
_NOT_MADE = {errno.ENOENT, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTSUP}
# A name with other characters could be a path that leads out of the folder.
_NAME = re.compile(r"[A-Za-z0-9-]+/r\d+/c\d+")
_MOST_MARKER = 4096  # bytes that are read of it


class Folder:
    """The folder with the id that stands after `spool:`; without one, any folder."""

    def __init__(self, url: str = "spool:") -> None:
        self.url = url
        self.identity = url[-32:] if len(url) > 32 else ""

    def send(self, name: str, document: bytes, assure: Callable[[], None], media: str = "") -> str:
        """Needs no `assure`: a file of that name is put there once, however late. A file says its size itself."""
        file = file_name(name)
        write(file, document, self.identity)
        return file


@contextmanager
def opened(identity: str = "") -> Iterator[int]:
    """A descriptor of the folder. Raises NotYet unless it is there, can be used, and is the one with this identity."""
    try:
        here = os.open(settings.SPOOL_DIR, os.O_RDONLY | os.O_DIRECTORY)
        try:
            if identity and identity_of(here) != identity:
                raise NotYet(
                    f"The spool folder {settings.SPOOL_DIR} is another one: is its disk or share mounted? If it was "
                    f"replaced on purpose, choose 'Take the spool folder that is there now' at the printer.",
                    code="another folder",
                )
            yield here
        finally:
            os.close(here)
    except OSError as error:
        raise trouble(error) from error


def identity_of(here: int) -> str:
    """What the marker says; "" if there is none, or nothing like it is in it."""
    try:
        found = _IDENTITY.match((read(here, MARKER, _MOST_MARKER) or b"").decode(errors="replace"))
    except FileNotFoundError:
        return ""
    return found[0] if found else ""


def make_drafts(here: int) -> None:
    with suppress(FileExistsError):
        os.mkdir(DRAFTS, mode_in(here) | 0o700, dir_fd=here)


def mode_in(here: int) -> int:
    """Who may read a slip: the desk's user, and the group as far as the folder lets it. Nobody else."""
    return os.fstat(here).st_mode & 0o770


def exists(here: int, path: str) -> bool:
    """Raises OSError if nobody can tell."""
    try:
        os.stat(path, dir_fd=here, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def read(here: int, path: str, most: int) -> bytes | None:
    """So many bytes of it; None if no plain file lies there: a FIFO keeps its reader waiting, a device never ends."""
    if not stat.S_ISREG(os.stat(path, dir_fd=here, follow_symlinks=False).st_mode):
        return None
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here), "rb") as file:
        return file.read(most) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None


def touch(here: int, path: str) -> None:
    make_drafts(here)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK, mode_in(here) & 0o660, dir_fd=here))


def remove(here: int, path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path, dir_fd=here)


def write_through(here: int, path: str, content: bytes) -> None:
    """A new file, on the disk when this returns."""
    new = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, new, mode_in(here) & 0o660, dir_fd=here), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def receipt(file: str) -> str:
    """An empty file that says: this slip was written to this very folder."""
    return f"{DRAFTS}/{file}.given"


def find(here: int, file: str) -> str | None:
    """Where the file is: where it was written, or where the watcher put it when done."""
    return next((path for path in (file, f"{TAKEN}/{file}") if exists(here, path)), None)


def write(file: str, content: bytes, identity: str) -> bool:
    """Puts the file into the folder, complete and on the disk; False if it is already there, then nothing changes.

    Raises NotYet if it certainly is not there, UnknownOutcome if it may be, Permanent if another program's file has its
    name.
    """
    with opened(identity) as here:
        make_drafts(here)
        if found := find(here, file):
            if found == file and not exists(here, receipt(file)):
                _compare(here, file, content)
            return False
        written = _write(here, file, content)
        _clear_up(here, file)
        return written


def _compare(here: int, file: str, content: bytes) -> None:
    if read(here, file, len(content) + 1) != content:
        raise Permanent(
            f"Another program has put a file {file} into the spool folder.",
            next_action="Move it away, then send the step again.",
        )


def _write(here: int, file: str, content: bytes) -> bool:
    draft = f"{DRAFTS}/{file}.{uuid.uuid4().hex}.part"
    try:
        write_through(here, draft, content)
        touch(here, receipt(file))
        os.link(draft, file, src_dir_fd=here, dst_dir_fd=here)  # Fails if the name exists. A rename would replace it.
        os.fsync(here)  # The new name itself survives a power cut.
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in _NOT_MADE or not _may_be_there(here, file):
            raise
        reason = f"The slip may lie in the spool folder, which then failed: {error.strerror}."
        raise UnknownOutcome(reason, code=f"errno {error.errno}") from error
    finally:
        with suppress(OSError):
            remove(here, draft)
    return True


def _may_be_there(here: int, file: str) -> bool:
    try:
        return find(here, file) is not None
    except OSError:
        return True


def _clear_up(here: int, file: str) -> None:
    """Removes what workers left that were killed while they wrote this file."""
    with suppress(OSError):
        for leftover in Path(f"/proc/self/fd/{here}/{DRAFTS}").iterdir():
            if leftover.name.startswith(f"{file}.") and leftover.suffix == ".part":
                leftover.unlink(missing_ok=True)


def file_name(name: str) -> str:
    """ "7K3M-Q9TX-2BDF/r1/c1" is spooled as "7K3M-Q9TX-2BDF.r1.c1.pdf". Raises ValueError for other names."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} can't name a file")
    return name.replace("/", ".") + ".pdf"
