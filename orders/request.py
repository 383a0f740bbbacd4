"""What may be ordered: pure checks, whichever way an order comes in. Each says what is wrong in a sentence."""

import unicodedata
from typing import Any

MAX_NAME = 200  # characters
MAX_NOTE = 500  # characters
MAX_LINES = 200
MAX_QUANTITY = 9_999
MAX_ID = 2**63 - 1
# Control characters, lone surrogates, line and paragraph separators: nothing a name or a slip can have.
FORBIDDEN = {"Cc", "Cs", "Zl", "Zp"}
# No character is more than four in NFD: https://www.unicode.org/faq/normalization.html#12
LONGEST_DECOMPOSED = 4
BIDI_CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and signs to Unicode, but nothing is drawn: Hangul fillers, a Braille cell without dots, a headless note.
BLANK = set("\u115f\u1160\u3164\uffa0\u2800\U0001d159")


def text_fault(text: str) -> str:
    """What is wrong with a single line of text, in a sentence; "" if nothing."""
    for position, char in enumerate("" if text.isprintable() else text, start=1):
        if unicodedata.category(char) in FORBIDDEN or char in BIDI_CONTROLS:
            return f"Character {position} is a control character (U+{ord(char):04X}). Please remove it."
    if text and not any(unicodedata.category(char)[0] in "LNPS" and char not in BLANK for char in text):
        return "There is nothing to read in it. Please write at least one letter or sign."
    return ""


def tidy(text: str) -> str:
    """The text without spaces at its ends and in NFC: a letter and its accent are one character, however typed.

    What is too long in any form stays as it is: composing a million accents would take minutes.
    """
    text = text.strip()
    return text if len(text) > LONGEST_DECOMPOSED * MAX_NOTE else unicodedata.normalize("NFC", text).strip()


def code_fault(text: str) -> str:
    """What is wrong with a SKU or a bin, in a sentence; "" if nothing. People compare these letter by letter."""
    for position, char in enumerate("" if text.isprintable() else text, start=1):
        if unicodedata.category(char) == "Cf":
            return f"Character {position} is invisible (U+{ord(char):04X}). Please remove it."
    return text_fault(text)


def id_fault(value: Any) -> str:
    """What is wrong with a product id, in a sentence; "" if nothing. (True is an int to Python, hence `type`.)"""
    if type(value) is not int:
        return "A product id is a whole number, without quotation marks or decimals."
    if value < 1:
        return "A product id is 1 or more."
    return "" if value <= MAX_ID else "This number is too large for a product id."


def quantity_fault(value: Any) -> str:
    """What is wrong with a quantity, in a sentence; "" if nothing."""
    if type(value) is not int:
        return "A quantity is a whole number of pieces, without quotation marks or decimals."
    return "" if 1 <= value <= MAX_QUANTITY else f"A quantity is between 1 and {MAX_QUANTITY} pieces."


def line_faults(line: Any) -> Any:
    """The messages for one of `lines`, by field; empty if nothing is wrong."""
    if not isinstance(line, dict):
        return ['A line looks like this: {"product_id": 2, "quantity": 3}.']
    found = {}
    for field, fault in (("product_id", id_fault), ("quantity", quantity_fault)):
        if field not in line:
            found[field] = [f"Please add {field} to this line."]
        elif message := fault(line[field]):
            found[field] = [message]
    return found
