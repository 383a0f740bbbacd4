"""The typefaces of printed matter. They lie in `fonts` beside this file, with their licences: nothing is installed.

DejaVu Sans draws Latin, Greek, Cyrillic, Hebrew, Arabic and ☐; WenQuanYi Micro Hei draws Chinese, Japanese and
Korean. Why these: docs/printing.md.
"""

import unicodedata
from functools import cache
from pathlib import Path

import arabic_reshaper
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).resolve().parent / "fonts"
# Family -> (regular, bold). A character is drawn by the first family that has it.
FAMILIES = {
    "body": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "cjk": ("wqy-microhei.ttc", "wqy-microhei.ttc"),
}
_PLAIN = arabic_reshaper.ArabicReshaper(configuration={"support_ligatures": False})
REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"


@cache
def register() -> None:
    """Makes the families known to ReportLab, once a process: a typeface is parsed in tens of milliseconds."""
    for family, (regular, bold) in FAMILIES.items():
        for weight, file in enumerate((regular, bold)):
            name = Path(file).stem
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(name, str(FOLDER / file)))
            for italic in (0, 1):
                addMapping(family, weight, italic, name)


@cache
def _drawable() -> frozenset[int]:
    register()
    names = {Path(regular).stem for regular, _ in FAMILIES.values()}
    return frozenset().union(*(pdfmetrics.getFont(name).face.charToGlyph for name in names))


def missing(text: str) -> list[str]:
    """The characters of `text` that none of the typefaces has, in their order; invisible ones don't count."""
    return [
        char
        for char in dict.fromkeys(text)
        if ord(char) not in _drawable() and unicodedata.category(char) not in {"Zs", "Cf", "Cc"}
    ]


def warnings(texts: list[tuple[str, str]]) -> list[str]:
    """A sentence for staff for each (place, text) with characters that none of the typefaces has."""
    found = []
    for place, text in texts:
        if chars := missing(text):
            named = ", ".join(f"{char} (U+{ord(char):04X})" for char in chars[:10])
            found.append(f"No typeface has {named}, in the {place}: the slip shows boxes instead.")
    return found


def shaped(text: str) -> str:
    """`text` with its Arabic letters joined, word by word, without ligatures that no typeface here has.

    The renderer joins them too. But in a text that mixes Arabic with another script it uses every ligature, and
    عبد الله would end in a box.
    """
    if not any("\u0600" <= char <= "\u06ff" for char in text):
        return text
    return " ".join(_shape(word) for word in text.split(" "))


def _shape(word: str) -> str:
    joined = str(arabic_reshaper.reshape(word))
    return str(_PLAIN.reshape(word)) if missing(joined) else joined
