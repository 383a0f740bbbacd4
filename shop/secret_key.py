"""Django's secret key, where none is given: a random one, made at the first start and kept."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def kept_key(var_dir: Path) -> str:
    """The key in `var_dir`; only its owner can read the file."""
    path, draft = var_dir / "secret_key", var_dir / f".secret_key.{os.getpid()}"
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):  # Another process was first: its key counts.
            os.link(draft, path)
        draft.unlink()
    return path.read_text()
