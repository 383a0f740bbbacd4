"""The typefaces of printed matter. They lie in `fonts` beside this file, with their licences: nothing is installed.

DejaVu Sans draws Latin, Greek, Cyrillic, Hebrew, Arabic and ☐; WenQuanYi Micro Hei draws Chinese, Japanese and
Korean. Why these: docs/printing.md.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from printing.documents import lettering

FOLDER = Path(__file__).resolve().parent / "fonts"
# Family -> (regular, bold). A character is drawn by the first family that has it.
FAMILIES = {
    "body": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "cjk": ("wqy-microhei.ttc", "wqy-microhei.ttc"),
}
REGULAR, BOLD, CJK = "DejaVuSans", "DejaVuSans-Bold", "wqy-microhei"
# Scripts whose letters stand one beside the other, each drawn by itself; all else is for `lettering`. So is what of
# these is drawn as a picture (`pictures.BLOCKS`).
_PLAIN = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0556\u0561-\u0587\u10d0-\u10ff\u1e00-\u1fff"
    "\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u2109\u210b-\u2319\u2400-\u24b5\u24eb-\u26bc\u3001-\u3003\u3005-\u3017"
    "\u301d-\u301f\u3021-\u3029\u3041-\u3094\u309b-\u309e\u30a1-\u30f6\u30fb-\u30fe\u3105-\u3129\u3131-\u3163"
    "\u3165-\u318e\u4e00-\u9fc3\uac00-\ud7a3\uf900-\ufa2d\uff01-\uff9f\uffa1-\uffee]*"
)
WIDE = 1200  # thousandths of an em: room for a character of another typeface
LEGIBLE = 7.0  # points
SLACK = 1.0  # points


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
    if not _PLAIN.fullmatch(text):
        return lettering.undrawable(text, _drawable())
    return [char for char in dict.fromkeys(text) if ord(char) not in _drawable() and char != "\u00a0"]


def warnings(texts: list[tuple[str, str]]) -> list[str]:
    """A sentence for staff for each (place, text) with characters that none of the typefaces has."""
    found = []
    for place, text in texts:
        if chars := missing(text):
            named = ", ".join(f"{char} (U+{ord(char):04X})" for char in chars[:10])
            found.append(f"No typeface has {named}, in the {place}: the slip shows boxes instead.")
    return found


def shaped(text: str, points: float = 11) -> str:
    """`text` for a page, as markup if need be, in type of so many points."""
    return text if _PLAIN.fullmatch(text) else lettering.shaped(text, _drawable(), points)


def titled(text: str, points: float = 11) -> str:
    """`shaped`, and what separates it from the SKU or number behind it."""
    return f"{text} · " if _PLAIN.fullmatch(text) else lettering.titled(text, _drawable(), points)


def whole(text: str, points: float = 11) -> str:
    """A SKU or a bin for a page: `shaped`, but no line ends in it."""
    text = text.replace(" ", "\u00a0")
    return text if _PLAIN.fullmatch(text) else lettering.whole(text, _drawable(), points)


@dataclass(frozen=True)
class Column:
    """Texts in a column of a table that are never broken: numbers, SKUs, bins. Their size and padding are in points.

    The column takes `share` hundredths of the table's width, and up to `most`. Those without a share get what is left.
    """

    texts: Sequence[str]
    size: float
    share: float = 0
    most: float = 0
    font: str = BOLD
    padding: float = 6.0


@dataclass(frozen=True)
class Fitted:
    """How wide a column is, and for each text its size if it would be too wide at the usual one, else 0 (points)."""

    share: str
    sizes: list[float]


def fit(inner: float, *layouts: Sequence[Column]) -> tuple[int, list[Fitted]]:
    """Fits tables of `inner` points: the first layout in which all can be read, else the last; and which one it is."""
    register()
    for place, columns in enumerate(layouts):
        fitted, smallest = _fit(inner, columns)
        if smallest >= LEGIBLE or place == len(layouts) - 1:
            return place, fitted
    raise ValueError("no layout")


def _fit(inner: float, columns: Sequence[Column]) -> tuple[list[Fitted], float]:
    """Also the smallest size of type. A column grows as far as it may before its type gets smaller."""
    shares, smallest = _shares(inner, columns), LEGIBLE
    found = []
    for column, share in zip(columns, shares, strict=True):
        room = inner * share / 100 - column.padding - SLACK
        ems = [_ems(text, column.font) for text in column.texts]
        sizes = [math.floor(room / em * 10) / 10 if em * column.size > room else 0 for em in ems]
        smallest = min([smallest, *filter(None, sizes)])
        found.append(Fitted(f"{share:.1f}%", sizes))
    return found, smallest


def _shares(inner: float, columns: Sequence[Column]) -> list[float]:
    shares = []
    for column in columns:
        widest = max((_ems(text, column.font) for text in column.texts), default=0) if column.share else 0
        wanted = math.ceil((widest * column.size + column.padding + SLACK) / inner * 1000) / 10
        shares.append(min(max(column.share, wanted), column.most) if column.share else 0)
    rest = 100 - sum(shares)
    return [share or rest for share in shares]


def _ems(text: str, font: str) -> float:
    """The width of `text` on one line, in em."""
    widths = pdfmetrics.getFont(font).face.charWidths
    return sum(widths.get(ord(char), WIDE) for char in text) / 1000
