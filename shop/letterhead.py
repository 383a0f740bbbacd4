"""What a shop says about its paper and mails: name, language, templates, logo, sender, country.

`shop/settings.py` asks.
"""

import os
import re
from pathlib import Path

from orders.countries import country_fault
from orders.request import text_fault, tidy

MOST_LINES = 6
LONGEST_LINE = 60  # characters

LANGUAGES = ("en", "de", "fr", "es", "is")


def shop_name(text: str) -> None:
    """Raises ValueError for what no paper and no mail's sender can have: no mail goes out with a line break in it."""
    if fault := text_fault(text):
        raise ValueError(fault)


def language(code: str) -> None:
    if code not in LANGUAGES:
        raise ValueError(f"write one of {', '.join(LANGUAGES)}.")


def country(code: str) -> None:
    """Raises ValueError unless it is empty, or one of ISO 3166-1, in capitals."""
    if code and (code != code.upper() or country_fault(code)):
        raise ValueError("a country has two capital letters (ISO 3166), for example DE.")


def templates(path: str) -> None:
    """Raises ValueError unless it is empty, or a folder that can be read, with templates where they are looked for."""
    if not path:
        return
    folder = Path(path)
    if not folder.is_dir():
        raise ValueError(f"there is no folder {path}.")
    if not os.access(folder, os.R_OK | os.X_OK):
        raise ValueError(f"the folder {path} can't be read.")
    if not any((folder / room).is_dir() for room in ("printing", "mail")):
        raise ValueError(f"the folder {path} has neither a folder printing nor a folder mail in it.")


def sender_lines(text: str) -> list[str]:
    """The lines of the sender's address, with | or a new line (or its sign, \n) between them.

    Raises ValueError for more or longer ones than fit, and for what can't be printed.
    """
    lines = [line for part in re.split(r"\||\\n|\r?\n", text) if (line := tidy(part))]
    if len(lines) > MOST_LINES:
        raise ValueError(f"a sender has {MOST_LINES} lines at most.")
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            raise ValueError(f"line {number} has more than {LONGEST_LINE} characters.")
        if fault := text_fault(line):
            raise ValueError(f"line {number}: {fault}")
    return lines
