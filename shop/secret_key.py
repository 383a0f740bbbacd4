"""Django's secret key, where none is given: a random one, made at the first start and kept."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def kept_key(var_dir: Path) -> str:
    """The key in `var_dir`; only its owner can read the file. Raises ImproperlyConfigured if there can be none."""
    path = var_dir / "secret_key"
    try:
        if not path.exists() or not path.stat().st_size:
            _make(path)
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "") or "it is no text"
        raise ImproperlyConfigured(f"SHOP_SECRET_KEY is not set, and {path} can't be used: {reason}.") from None


def _make(path: Path) -> None:
    """Whole at once: an empty file is left where a disk was full, and counts as none."""
    draft = path.with_name(f".secret_key.{os.getpid()}")
    try:
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        if path.exists():
            draft.replace(path)
            return
        with suppress(FileExistsError):  # Another process was first: its key counts.
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
