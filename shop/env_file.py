"""What a `.env` file says. A file that can't be read whole is refused: a desk without its settings takes others."""

from io import StringIO
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from dotenv.parser import Binding, parse_stream


def values_in(path: Path, *, must_exist: bool = False) -> dict[str, str]:
    """Its variables as they stand there: the last of a name counts, and nothing is put in place of `${…}`.

    Raises ImproperlyConfigured if the file, or a line of it, can't be read; it names the line, not what stands there.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError) as error:
        if must_exist:
            raise _unreadable(path, error) from None
        return {}
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    return dict(pair for binding in parse_stream(StringIO(text)) for pair in _pair(path, binding))


def _unreadable(path: Path, error: Exception) -> ImproperlyConfigured:
    reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
    return ImproperlyConfigured(f"{path} can't be read: {reason}.")


def _pair(path: Path, binding: Binding) -> list[tuple[str, str]]:
    """None for a comment or an empty line. A bare name would be a setting that somebody believes to have made."""
    if binding.error or (binding.key and binding.value is None):
        first = len(binding.original.string) - len(binding.original.string.lstrip())
        line = binding.original.line + binding.original.string.count("\n", 0, first)
        raise ImproperlyConfigured(
            f"{path}, line {line}, can't be read: it must be NAME=value; a value that begins with a quotation mark "
            "ends with the same one, and nothing but a # comes behind it."
        )
    return [(binding.key, binding.value)] if binding.key and binding.value is not None else []
