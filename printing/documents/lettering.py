"""Texts that take more than a letter beside the other: cleaned, laid out by themselves, their letters joined.

`typefaces` calls it for texts that are not plain. `drawable`: the code points that the page's typefaces have.
"""

import re
import unicodedata

import arabic_reshaper
from django.utils.html import format_html
from django.utils.safestring import SafeString

_NO_LIGATURES = arabic_reshaper.ArabicReshaper(configuration={"support_ligatures": False})
# What is not drawn, or draws its neighbours elsewhere; joiners and marks of direction stay. And what is room at most.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d159\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_SPACES = re.compile("[\t-\r\u0085\u2028\u2029\u2800]")
_MARKS = re.compile("[\u200e\u200f]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
RIGHT_TO_LEFT_EMBEDDING, POP, LEFT_TO_RIGHT_MARK = "\u202b", "\u202c", "\u200e"


def visible(char: str) -> bool:
    return unicodedata.category(char) not in {"Zs", "Cf", "Cc"}


def seen(text: str) -> str:
    """`text` without what is not to be seen, or would move its neighbours: rows from before may have such characters.

    The marks of direction stay where letters run from right to left, for the text's own sake.
    """
    text = _UNSEEN.sub("", _SPACES.sub(" ", text.replace("\u061c", "\u200f")))
    text = unicodedata.normalize("NFC", text)
    return text if _RIGHT_TO_LEFT.search(text) else _MARKS.sub("", text)


def shaped(text: str, drawable: frozenset[int]) -> str:
    """`text` clean, laid out by itself, its Arabic letters joined.

    A text that runs from right to left is a block of its own: each of its lines begins at the right, and nothing that
    stands beside it is drawn into it.
    """
    text = seen(text)
    if not _RIGHT_TO_LEFT.search(text):
        return text
    text = _joined(text, drawable)
    if _runs_from_the_right(text):
        return format_html('<div dir="rtl" style="text-align: left">{}</div>', text)
    return text + LEFT_TO_RIGHT_MARK  # or the next number would be drawn on the other side of a last Hebrew word


def titled(text: str, drawable: frozenset[int]) -> str:
    text = shaped(text, drawable)
    return text if isinstance(text, SafeString) else f"{text} · "


def whole(text: str, drawable: frozenset[int]) -> str:
    """In one line: directions need no block."""
    text = seen(text)
    if not _RIGHT_TO_LEFT.search(text):
        return text
    text = _joined(text, drawable)
    if _runs_from_the_right(text):
        text = RIGHT_TO_LEFT_EMBEDDING + text + POP
    return text + LEFT_TO_RIGHT_MARK


def _runs_from_the_right(text: str) -> bool:
    """Whether its first letter does. UAX #9, rules P2 and P3."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def _joined(text: str, drawable: frozenset[int]) -> str:
    """Joined word by word, without ligatures that no typeface here has.

    The renderer joins letters too. But in a text that mixes Arabic with another script it uses every ligature, and
    عبد الله would end in a box.
    """
    return re.sub("[^ \u00a0]+", lambda word: _shape(word[0], drawable), text)


def _shape(word: str, drawable: frozenset[int]) -> str:
    joined = str(arabic_reshaper.reshape(word))
    lacking = any(ord(char) not in drawable and visible(char) for char in joined)
    return str(_NO_LIGATURES.reshape(word)) if lacking else joined
