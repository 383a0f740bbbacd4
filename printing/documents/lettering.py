"""Texts that take more than a letter beside the other: cleaned, laid out by themselves, their letters joined.

`typefaces` calls it for texts that are not plain. `drawable`: the code points that the page's typefaces have.
"""

import math
import re
import unicodedata
from collections.abc import Iterator

import arabic_reshaper
from arabic_reshaper.letters import LETTERS_ARABIC
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from printing.documents import pictures

_NO_LIGATURES = arabic_reshaper.ArabicReshaper(configuration={"support_ligatures": False})
# What is not drawn, or draws its neighbours elsewhere; joiners and marks of direction stay. And what is room at most.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001d159\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_SPACES = re.compile("[\t-\r\u0085\u2028\u2029\u2800]")
# Letters, digits and signs of another style, as some write their names: a carrier's scanner reads plain ones.
_STYLED = (
    *(range(0x210A, 0x210B), range(0x24B6, 0x24C2), range(0x24C3, 0x24EB)),
    *(range(0xFE10, 0xFE1A), range(0xFE50, 0xFE6C)),
    *(range(0x1D400, 0x1D800), range(0x1F110, 0x1F12C), range(0x1F130, 0x1F14A)),
    range(0x2F00, 0x2FD6),  # Radicals: what is copied from a PDF has them for the characters that look the same.
    range(0xFDF0, 0xFDFC),  # Whole words that are one character: ﷲ.
)
# https://www.unicode.org/Public/UCD/latest/ucd/EquivalentUnifiedIdeograph.txt
_MORE_RADICALS = str.maketrans(
    "⺟⺠⻁⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
    "母民虎西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
)
# White on black: 🅗, 🅷. Four of the latter are emoji, which are drawn.
_WHITE_ON_BLACK = [(0x1F150, letter) for letter in range(26)] + [
    (0x1F170, letter) for letter in range(26) if chr(0x1F170 + letter) not in "🅰🅱🅾🅿"
]
_AS_PLAIN: dict[int, int | str] = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for block in _STYLED for code in block},
    **{first + letter: chr(ord("A") + letter) for first, letter in _WHITE_ON_BLACK},
    **{code: chr(code).lower() for code in range(0x1C90, 0x1CC0)},  # Georgian capitals: no typeface here has them.
    **_MORE_RADICALS,
}
# Marks above and below letters that no typeface here has: without them the letters can be read, beside boxes not.
_ORNAMENTS = re.compile(
    "[\u0591-\u05af\u05c4\u05c5\u0898-\u089f\u08ca-\u08d2\u2de0-\u2dff\u302a-\u302d"
    "\ua66f-\ua672\ua674-\ua67d\ua69e\ua69f"
    "\u0350\u0354-\u0356\u0359\u035b\u0363-\u036f\u1ab0-\u1ace\u1dc0-\u1dc3\u1dca-\u1dff\u20d2-\u20d5"
    "\u20d8-\u20da\u20dd-\u20e0\u20e2-\u20f0\ufe24-\ufe2f]"
)
_MARKS = re.compile("[\u200e\u200f]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f -\u00bf\u200c-\u200f]+")
_LINE_MAY_END = " "
ALL = math.inf
# The renderer drops the space behind a picture that nothing stands before.
_SOMETHING = "\u200b"
RIGHT_TO_LEFT_EMBEDDING, POP, LEFT_TO_RIGHT_MARK = "\u202b", "\u202c", "\u200e"


def visible(char: str) -> bool:
    return unicodedata.category(char) not in {"Zs", "Cf", "Cc"}


def seen(text: str) -> str:
    """`text` without what is not to be seen, or would move its neighbours: rows from before may have such characters.

    The marks of direction stay where letters run from right to left, for the text's own sake.
    """
    text = _UNSEEN.sub("", _SPACES.sub(" ", text.replace("\u061c", "\u200f")))
    text = _ORNAMENTS.sub("", unicodedata.normalize("NFC", text.translate(_AS_PLAIN)))
    return text if _RIGHT_TO_LEFT.search(text) else _MARKS.sub("", text)


def shaped(text: str, drawable: frozenset[int], points: float) -> str:
    """`text` clean, laid out by itself, its Arabic letters joined, and as pictures what no typeface here can draw.

    A text that runs from right to left is a block of its own: each of its lines begins at the right, and nothing that
    stands beside it is drawn into it.
    """
    text = seen(text)
    if not _RIGHT_TO_LEFT.search(text):
        return _drawn(text, drawable, points)
    if _runs_from_the_right(text):
        return format_html('<div dir="rtl" style="text-align: left">{}</div>', _drawn(text, drawable, points))
    # The mark: or the next number would be drawn on the other side of a last Hebrew word.
    return mark_safe(_drawn(text, drawable, points) + LEFT_TO_RIGHT_MARK)  # noqa: S308 - all of it is escaped


def titled(text: str, drawable: frozenset[int], points: float) -> str:
    text = shaped(text, drawable, points)
    return text if text.startswith("<div") else text + mark_safe(" · ")


def whole(text: str, drawable: frozenset[int], points: float) -> str:
    """In one line: directions need no block."""
    text = seen(text)
    drawn = _drawn(text, drawable, points, cut=False)
    if not _RIGHT_TO_LEFT.search(text):
        return drawn
    if _runs_from_the_right(text):
        return mark_safe(RIGHT_TO_LEFT_EMBEDDING + drawn + POP + LEFT_TO_RIGHT_MARK)  # noqa: S308
    return mark_safe(drawn + LEFT_TO_RIGHT_MARK)  # noqa: S308


def undrawable(text: str, drawable: frozenset[int]) -> list[str]:
    """The characters that come out as boxes, each once."""
    left = "".join(part for font, part in pictures.runs(seen(text)) if not font)
    return [char for char in dict.fromkeys(left) if ord(char) not in drawable and visible(char)]


def _drawn(text: str, drawable: frozenset[int], points: float, *, cut: bool = True) -> SafeString:
    """Words, and the spaces between them. Lines can end between two pictures, unless they are not to be cut."""
    drawn = "".join(
        pictures.markup(part, font, points) if font else _word(part, drawable, points, cut)
        for part, font in _phrases(re.split("([ \u00a0])", text), pictures.LONGEST if cut else ALL)
    )
    return mark_safe(_SOMETHING + drawn if "<img" in drawn else drawn)  # noqa: S308


def _phrases(words: list[str], longest: float) -> Iterator[tuple[str, str]]:
    """`words`, every second of them a space. Those that one font draws are one picture, which costs less than several.

    Each with its font, if that draws more than one word.
    """
    phrase, font = words[0], _font(words[0])
    for space, word in zip(words[1::2], words[2::2], strict=True):
        longer = f"{phrase} {word}"
        if font and font == _font(word) and pictures.advance(longer, font) <= longest:
            phrase = longer
            continue
        yield phrase, font if " " in phrase else ""
        yield space, ""
        phrase, font = word, _font(word)
    yield phrase, font if " " in phrase else ""


def _font(word: str) -> str:
    """The font of a word that is one picture. Most Arabic is none."""
    runs = pictures.runs(word)
    return runs[0][0] if len(runs) == 1 and runs[0][0] != "Arabic" else ""


def _word(word: str, drawable: frozenset[int], points: float, cut: bool) -> str:
    """As markup. Arabic is drawn by the page's own typeface where that has all its forms."""
    if _ARABIC.fullmatch(word) and (joined := _shape(word, drawable)):
        return str(escape(joined))
    found = []
    for font, part in pictures.runs(word):
        if font == "Arabic" and (joined := _shape(part, drawable)):
            font, part = "", joined
        parts = pictures.pieces(part, font) if font and cut else [part]
        drawn = [pictures.markup(piece, font, points) if font else str(escape(piece)) for piece in parts]
        found.append(_LINE_MAY_END.join(drawn))
    return "".join(found)


def _runs_from_the_right(text: str) -> bool:
    """Whether its first letter does. UAX #9, rules P2 and P3."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"


def _shape(word: str, drawable: frozenset[int]) -> str:
    """The word joined, without ligatures that no typeface here has; "" if some of its letters have no joined forms.

    The renderer joins letters too. But in a text that mixes Arabic with another script it uses every ligature, and
    عبد الله would end in a box.
    """
    if any(char not in LETTERS_ARABIC for char in word if unicodedata.category(char) == "Lo" and char >= "\u0600"):
        return ""
    for shaper in (arabic_reshaper.default_reshaper, _NO_LIGATURES):
        joined = str(shaper.reshape(word))
        if all(ord(char) in drawable or not visible(char) for char in joined):
            return joined
    return ""
