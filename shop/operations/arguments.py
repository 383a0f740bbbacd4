"""What commands read from their command line: each refuses what it can't mean with a sentence."""

import argparse
from collections.abc import Callable
from typing import Any


def explained(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """For argparse: the sentence of a ValueError is shown as it is."""

    def reader(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r}: {error}") from None

    return reader


def positive(text: str) -> int:
    """Raises ValueError with a sentence, as those below."""
    if not (text.isascii() and text.isdigit()) or len(text) > 12 or not int(text):
        raise ValueError("a whole number from 1 on is needed")
    return int(text)


def whole(text: str) -> int:
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 18:
        raise ValueError("a whole number is needed")
    return int(text)


def words(text: str) -> list[str]:
    """What stands between the commas."""
    found = [word.strip() for word in text.split(",") if word.strip()]
    if not found:
        raise ValueError("write one, or several with commas between them")
    return found
