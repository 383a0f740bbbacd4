"""What a scanner types, or a person: one understanding, for Find and for the pack station. Pure.

Letters and digits count. A scanner is a keyboard: set to US keys it types ß, ' or another sign for a dash, and Z for Y,
where the computer is set to other keys. So all other signs separate, whichever they are.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from orders.numbers import read_number

_READ_AS = str.maketrans("OIL", "011")
_EXCHANGED = str.maketrans("YZyz", "ZYzy")
# In the addresses of an order: the API's, the customer's page, the pack station, an admin's search.
_BEFORE_A_NUMBER = {"ORDER", "TRACK", "PACK", "Q"}
_TIMES = re.compile(r"(\d{1,4})\s*([x×*]?)", re.ASCII | re.IGNORECASE)
# What scanners put before a GTIN if the code is a GS1 one: https://www.gs1.org/standards/barcodes/application-identifiers
_GS1 = re.compile(r"(?:\]?(?:C1|D2|Q3))?01(\d{14})(?:\D.*|\d{2}.*)?", re.ASCII)
LONGEST = 200  # characters: of more nobody makes sense


def letters(text: str) -> str:
    """Its letters from A to Z, as capitals, and digits: "mat-0034" is MAT0034, and so is "MATß0034"."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isascii() and char.isalnum()).upper()


def article_key(text: str) -> str:
    """Codes with the same key are the same to a reader: O is 0, I and L are 1, a GTIN's leading zeros don't count."""
    key = letters(text).translate(_READ_AS)
    if match := _GS1.fullmatch(key):
        key = match[1]
    return key.lstrip("0") or key if key.isdigit() and 12 <= len(key) <= 14 else key


def _printable(char: str) -> str:
    """A space of any width as one: keyboards for Japanese type a wide one, and pages break no line at others."""
    if char.isprintable():
        return char
    return " " if unicodedata.category(char) == "Zs" else ""


@dataclass(frozen=True)
class Scanned:
    """One scan. `text` is as it came, without what surrounds it."""

    text: str

    @classmethod
    def read(cls, typed: str) -> "Scanned":
        return cls("".join(map(_printable, typed[:LONGEST])).strip())

    @cached_property
    def words(self) -> list[str]:
        """What stands between the other signs, as capitals."""
        spread = "".join(
            char if char.isascii() and char.isalnum() else " " for char in unicodedata.normalize("NFKC", self.text)
        )
        return spread.upper().split()

    @property
    def key(self) -> str:
        return article_key(self.text)

    @cached_property
    def number(self) -> str | None:
        """The order number that it is, or that its address has, as stored; None if it can't be one."""
        return read_number(letters(self.text)) or self._number_in_address()

    def _number_in_address(self) -> str | None:
        for place, word in enumerate(self.words):
            if word in _BEFORE_A_NUMBER:
                after = self.words[place + 1 : place + 4]
                found = read_number("".join(after)) or read_number("".join(after[:1]))
                if found:
                    return found
        return None

    @property
    def is_number(self) -> bool:
        """True if it is meant as an order number: digits alone may be an article's code of twelve digits (UPC)."""
        if self.number is None:
            return False
        return len(self.words) > 1 or not letters(self.text).isdigit()

    @property
    def is_grouped_number(self) -> bool:
        """True if it has a number's three groups, as slips have it, or is an order's address: no carrier writes so."""
        return self.number is not None and len(self.words) >= 3

    @property
    def order_id(self) -> int | None:
        """The id in the address of an order's page in the admin."""
        words = self.words
        for place in range(len(words) - 2):
            if words[place : place + 2] == ["ORDERS", "ORDER"] and words[place + 2].isdigit():
                return int(words[place + 2]) if len(words[place + 2]) < 19 else None
        return None

    @property
    def times(self) -> int | None:
        """Of "12" or "12 x": how many the next scan stands for. None if it is no such number."""
        match = _TIMES.fullmatch(self.text)
        return int(match[1]) or None if match else None

    @property
    def is_surely_times(self) -> bool:
        """True of "12 x": no article's code."""
        match = _TIMES.fullmatch(self.text)
        return bool(match and match[2])

    @property
    def exchanged(self) -> "Scanned | None":
        """With Y and Z exchanged; None if it has neither."""
        other = self.text.translate(_EXCHANGED)
        return Scanned(other) if other != self.text else None

    @property
    def forms(self) -> list[str]:
        """How an article's code may be stored that was scanned as this: for an index that knows whole codes alone."""
        bare = letters(self.text)
        dashed = "-".join(self.words)
        found = [self.text, self.text.upper(), self.text.lower(), bare, dashed, self.key]
        if self.key.isdigit():
            found += [self.key.zfill(length) for length in (8, 12, 13, 14)]
        return list(dict.fromkeys(form for form in found if form))
