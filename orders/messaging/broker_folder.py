"""The embedded broker's folder: made where it is missing, and made anew where it is no folder of ours."""

from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

FOLDERS = ("messages", "control")


def make_folders(broker: Path) -> None:
    """For their owner alone. Raises ImproperlyConfigured if that can't be done."""
    try:
        for path in (broker, *(broker / name for name in FOLDERS)):
            _make(path)
    except OSError as error:
        raise ImproperlyConfigured(f"the embedded broker's folder {error.filename}: {error.strerror}.") from None


def _make(path: Path) -> None:
    if not path.is_dir() and (path.is_symlink() or path.exists()):
        with suppress(FileNotFoundError):  # Another process was faster.
            path.unlink()
    path.mkdir(0o700, exist_ok=True)
