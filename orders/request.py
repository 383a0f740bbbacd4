"""What may stand in an order: pure checks of one value. Each says what is wrong in a sentence, with a code."""

import unicodedata
from decimal import Decimal
from typing import Any

from orders.fault import NONE, Fault

MAX_NAME = 200  # characters
MAX_NOTE = 500  # characters
MAX_SKU = 64  # characters
MAX_LINES = 200
MAX_QUANTITY = 9_999
MAX_ID = 2**63 - 1
MAX_MESSAGES = 20  # A body of 1 MB can hold half a million mistakes; so many are told.
# Control characters, lone surrogates, line and paragraph separators: nothing a name or a slip can have.
FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}
# No character is more than four in NFD: https://www.unicode.org/faq/normalization.html#12
LONGEST_DECOMPOSED = 4
BIDI_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and signs to Unicode, but nothing is drawn: Hangul fillers, a Braille cell without dots, a headless note.
BLANK = set("\u115f\u1160\u3164\uffa0\u2800\U0001d159")
# Marks of which nothing is drawn: the grapheme joiner, and two vowels of Khmer that nobody writes.
UNSEEN = set("\u034f\u17b4\u17b5")
# Those that choose another shape of the character before them: https://www.unicode.org/charts/PDF/UFE00.pdf, UE0100,
# and Mongolian's. A heart from a telephone's keyboard has one.
_SELECTED = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E), range(0x180F, 0x1810))
SELECTORS = {chr(point) for points in _SELECTED for point in points}


def text_fault(text: str) -> Fault:
    """What is wrong with a single line of text, in a sentence; no fault if nothing."""
    for position, char in enumerate("" if text.isprintable() else text, start=1):
        if unicodedata.category(char) in FORBIDDEN or char in BIDI_CONTROLS:
            words = f"Character {position} is a control character (U+{ord(char):04X}). Please remove it."
            return Fault(words, "control_character")
    if text and not any(unicodedata.category(char)[0] in "LNPS" and char not in BLANK for char in text):
        return Fault("There is nothing to read in it. Please write at least one letter or sign.", "unreadable")
    return NONE


def tidy(text: str) -> str:
    """The text without spaces at its ends and in NFC: a letter and its accent are one character, however typed.

    What is too long in any form stays as it is: composing a million accents would take minutes.
    """
    text = text.strip()
    return text if len(text) > LONGEST_DECOMPOSED * MAX_NOTE else unicodedata.normalize("NFC", text).strip()


def is_invisible(char: str) -> bool:
    """It formats what is around it, or nothing is drawn of it."""
    return unicodedata.category(char) == "Cf" or char in BLANK or char in UNSEEN or char in SELECTORS


def code_fault(text: str) -> Fault:
    """What is wrong with a SKU or a bin, in a sentence; no fault if nothing. People compare these letter by letter."""
    for position, char in enumerate("" if text.isascii() else text, start=1):
        if is_invisible(char) and char not in SELECTORS:
            words = f"Character {position} is invisible (U+{ord(char):04X}). Please remove it."
            return Fault(words, "invisible_character")
    return text_fault(text)


def whole(value: Any) -> int | None:
    """The integer that a number of JSON is, however it is written (2, 2.0, 2e0); None if it is none.

    (True is an int to Python, hence `type`.) A number of more digits than an id can have is none either: 1e999999999
    is short to write, and would fill the memory.
    """
    if type(value) is int:
        return value
    if type(value) is not Decimal or value.adjusted() > len(str(MAX_ID)):
        return None
    found = int(value)
    return found if found == value else None


def id_fault(value: Any) -> Fault:
    """What is wrong with a product id, in a sentence; no fault if nothing."""
    number = whole(value)
    if number is None:
        return Fault("A product id is a whole number, without quotation marks or decimals.", "wrong_type")
    if number < 1:
        return Fault("A product id is 1 or more.", "out_of_range")
    return NONE if number <= MAX_ID else Fault("This number is too large for a product id.", "out_of_range")


def quantity_fault(value: Any) -> Fault:
    """What is wrong with a quantity, in a sentence; no fault if nothing."""
    number = whole(value)
    if number is None:
        words = "A quantity is a whole number of pieces, without quotation marks or decimals."
        return Fault(words, "wrong_type")
    if 1 <= number <= MAX_QUANTITY:
        return NONE
    return Fault(f"A quantity is between 1 and {MAX_QUANTITY} pieces.", "out_of_range")
