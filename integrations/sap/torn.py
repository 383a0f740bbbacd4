"""JSON that is cut off, has a fault in it, or goes on with something else, read as far as it goes.

An error's code stands at its beginning. An answer of success is never read like this.
"""

import json
import re
from typing import Any

# A text, open at the end of all or not; and what begins, ends or divides.
TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|(?P<open>\\?\Z))|[{}\[\],]', re.DOTALL)
HALF_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{0,3})?\Z", re.IGNORECASE)
READ = 100_000  # characters
DEEPEST, TRIES = 50, 5  # levels; places where it is ended
Ending = tuple[int, str]  # how many characters stay, and what is put behind them


def read_torn(text: str) -> Any:
    """What stands before the place where it breaks off; None if that is nothing."""
    text = HALF_ESCAPE.sub("", text[:READ])
    endings = _endings(text)
    for _ in range(TRIES):
        if not endings:
            break
        stays, behind = endings.pop()
        try:
            # Numbers as they stand there: one may have too many digits.
            return json.loads(text[:stays] + behind, strict=False, parse_int=str, parse_float=str)
        except json.JSONDecodeError as error:
            while endings and endings[-1][0] > error.pos:
                endings.pop()
    return None


def _endings(text: str) -> list[Ending]:
    """Where it could end: before a comma, behind an object or a list, and with its last text."""
    found: list[Ending] = []
    closing = ""
    for token in TOKEN.finditer(text):
        sign = token[0]
        if sign in ("{", "["):
            closing = ("}" if sign == "{" else "]") + closing
        elif sign in ("}", "]"):
            closing = closing[1:]
            found.append((token.end(), closing))
        elif sign == ",":
            found.append((token.start(), closing))
        elif token["open"] is not None:
            found.append((len(text), '"' + closing))
        if len(closing) > DEEPEST or (found and not closing):
            break
    return found
