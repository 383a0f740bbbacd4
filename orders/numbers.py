"""Order numbers: random, unguessable, easy to read aloud and to scan."""

import re
import secrets
import unicodedata

# Crockford's base32 (https://www.crockford.com/base32.html): no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
_NUMBER = re.compile(rf"([{ALPHABET}]{{4}})-?([{ALPHABET}]{{4}})-?([{ALPHABET}]{{4}})", re.ASCII)
LONGEST = 64  # characters: of more nobody makes a number


def new_number() -> str:
    """Twelve symbols in three groups, 60 random bits: "7K3M-Q9TX-2BDF"."""
    bits = secrets.randbits(60)
    symbols = "".join(ALPHABET[bits >> shift & 31] for shift in range(55, -1, -5))
    return f"{symbols[:4]}-{symbols[4:8]}-{symbols[8:]}"


def read_number(text: str) -> str | None:
    """The number as stored, however a person typed it (case, O for 0, I and L for 1); None if it can't be one."""
    match = _NUMBER.fullmatch(text.strip().upper().translate(_READ_AS))
    return "-".join(match.groups()) if match else None


def read_typed(text: str) -> str | None:
    """As `read_number`, whatever stands between the symbols: spaces, a word processor's dashes, signs that nobody sees.

    Letters and digits may be full-width ones. For where nothing but a number can be meant: names of twelve letters in
    all are numbers to it.
    """
    if len(text) > LONGEST:
        return None
    return read_number("".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum()))
