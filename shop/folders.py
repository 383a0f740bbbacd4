"""The desk's own folders: nobody else can read them."""

import errno
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def made(path: Path, name: str) -> Path:
    """Makes the folder where it is missing, for its owner alone. Raises ImproperlyConfigured if that can't be done."""
    try:
        path.mkdir(0o700, parents=True, exist_ok=True)
        if not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: the folder {path} can't be used: {error.strerror}.") from None
    return path


def absolute(path: str) -> Path | None:
    """Whatever folder a process works in later."""
    return Path(path).absolute() if path else None


def folder(path: str) -> None:
    """Raises ValueError for what can't be a folder's name, and where a file has it. It may be missing yet."""
    if not path.isprintable():
        raise ValueError("it has a character that can't be seen.")
    whole = Path(path).absolute()
    for part in (whole, *whole.parents):
        try:
            if not part.is_dir() and part.exists():
                raise ValueError(f"{part} is no folder.")
        except OSError as error:
            raise ValueError(f"{whole} can't be looked at: {error.strerror}.") from None
