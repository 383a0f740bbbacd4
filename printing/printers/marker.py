"""The spool folder's marker: a folder is taken once, and known by it from then on."""

import fcntl
import os
import uuid
from contextlib import suppress

from django.conf import settings

from printing.printers.folder import (
    MARKER,
    identity_of,
    make_drafts,
    opened,
    remove,
    write_through,
)
from printing.printers.places import DRAFTS
from printing.printers.trouble import trouble

_PROBE = b"\0" * 4096


def adopt(*, create: bool) -> str:
    """The identity of the folder that is there now; it gets one if it has none. `create`: if none is there, it is made.

    Raises NotYet if that can't be done.
    """
    try:
        if create:
            settings.SPOOL_DIR.mkdir(0o700, parents=True, exist_ok=True)
        with opened() as here:
            return identity_of(here) or _mark(here)
    except OSError as error:
        raise trouble(error) from error


def _mark(here: int) -> str:
    """Gives the folder its identity. Should another worker be faster, the folder has that one's."""
    make_drafts(here)
    draft, identity = f"{DRAFTS}/marker.{uuid.uuid4().hex}.part", uuid.uuid4().hex
    text = f"{identity}\nBy this file the order desk knows its spool folder. Leave it here, and do not copy it.\n"
    write_through(here, draft, text.encode())
    try:
        _link(here, draft)
        if not identity_of(here):
            _replace_damaged(here, draft)
        os.fsync(here)
    finally:
        remove(here, draft)
    return identity_of(here)


def _replace_damaged(here: int, draft: str) -> None:
    """The marker holds no identity. One after the other: else a worker would remove the one that another put there."""
    lock = os.open(f"{DRAFTS}/marker.lock", os.O_RDWR | os.O_CREAT, 0o600, dir_fd=here)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not identity_of(here):
            remove(here, MARKER)
            _link(here, draft)
    finally:
        os.close(lock)


def _link(here: int, draft: str) -> None:
    """Under the marker's name, whole; unless one is there."""
    with suppress(FileExistsError):
        os.link(draft, MARKER, src_dir_fd=here, dst_dir_fd=here)


def try_to_write(here: int) -> None:
    """Raises OSError if the folder can't be written to: rights, a full disk, a share that went away."""
    make_drafts(here)
    probe = f"{DRAFTS}/probe.{uuid.uuid4().hex}.part"
    try:
        write_through(here, probe, _PROBE)
    finally:
        with suppress(OSError):
            remove(here, probe)
