"""Words that the page's own typefaces can't draw, as pictures: scripts whose letters join, stack or change places.

Rare Chinese characters and emoji, too. Pillow draws them with Raqm (HarfBuzz and FriBidi, which its wheels carry), the
Noto fonts in `fonts/noto` and two parts of Hanazono's. The words stand in the pictures' `alt`, and in the PDF's
keywords.
"""

import base64
import io
import unicodedata
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from django.utils.html import format_html
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase.ttfonts import TTFontFile
from wcwidth import iter_graphemes

FOLDER = Path(__file__).resolve().parent / "fonts"
# Fonts whose file is not called as Noto's others are.
FILES = {
    "Tibetan": "noto/NotoSerifTibetan-Regular.ttf",
    "Emoji": "noto/NotoEmoji-Regular.ttf",
    "Han": "HanaMinA-rare.ttf",
    "RareHan": "HanaMinB-rare.ttf",
}
# The Unicode blocks of each font: first and last code point.
BLOCKS = {
    "Arabic": [(0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF)],
    "Syriac": [(0x0700, 0x074F)],
    "Thaana": [(0x0780, 0x07BF)],
    "NKo": [(0x07C0, 0x07FF)],
    "Devanagari": [(0x0900, 0x097F), (0x1CD0, 0x1CFF), (0xA8E0, 0xA8FF)],
    "Bengali": [(0x0980, 0x09FF)],
    "Gurmukhi": [(0x0A00, 0x0A7F)],
    "Gujarati": [(0x0A80, 0x0AFF)],
    "Oriya": [(0x0B00, 0x0B7F)],
    "Tamil": [(0x0B80, 0x0BFF)],
    "Telugu": [(0x0C00, 0x0C7F)],
    "Kannada": [(0x0C80, 0x0CFF)],
    "Malayalam": [(0x0D00, 0x0D7F)],
    "Sinhala": [(0x0D80, 0x0DFF)],
    "Thai": [(0x0E00, 0x0E7F)],
    "Lao": [(0x0E80, 0x0EFF)],
    "Tibetan": [(0x0F00, 0x0FFF)],
    "Myanmar": [(0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)],
    "Ethiopic": [(0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F)],
    "Cherokee": [(0x13A0, 0x13FF), (0xAB70, 0xABBF)],
    "CanadianAboriginal": [(0x1400, 0x167F), (0x18B0, 0x18FF)],
    "Khmer": [(0x1780, 0x17FF), (0x19E0, 0x19FF)],
    "Mongolian": [(0x1800, 0x18AF)],
    "Limbu": [(0x1900, 0x194F)],
    "TaiLe": [(0x1950, 0x197F)],
    "NewTaiLue": [(0x1980, 0x19DF)],
    "Buginese": [(0x1A00, 0x1A1F)],
    "TaiTham": [(0x1A20, 0x1AAF)],
    "Balinese": [(0x1B00, 0x1B7F)],
    "Sundanese": [(0x1B80, 0x1BBF)],
    "Batak": [(0x1BC0, 0x1BFF)],
    "Lepcha": [(0x1C00, 0x1C4F)],
    "OlChiki": [(0x1C50, 0x1C7F)],
    "Tifinagh": [(0x2D30, 0x2D7F)],
    "Yi": [(0xA490, 0xA4CF), (0xA000, 0xA48F)],
    "Lisu": [(0xA4D0, 0xA4FF)],
    "Vai": [(0xA500, 0xA63F)],
    "SylotiNagri": [(0xA800, 0xA82F)],
    "Saurashtra": [(0xA880, 0xA8DF)],
    "KayahLi": [(0xA900, 0xA92F)],
    "Rejang": [(0xA930, 0xA95F)],
    "Javanese": [(0xA980, 0xA9DF)],
    "Cham": [(0xAA00, 0xAA5F)],
    "TaiViet": [(0xAA80, 0xAADF)],
    "MeeteiMayek": [(0xABC0, 0xABFF), (0xAAE0, 0xAAFF)],
    "HanifiRohingya": [(0x10D00, 0x10D3F)],
    "Chakma": [(0x11100, 0x1114F)],
    "Adlam": [(0x1E900, 0x1E95F)],
    # What the page's typefaces lack. Of the rest, the signs that DejaVu draws, ☀ and ❤, stay letters.
    "Emoji": [
        *[(0x231A, 0x231B), (0x23E9, 0x23FA), (0x24C2, 0x24C2), (0x26BD, 0x26FD), (0x2705, 0x2705), (0x270A, 0x270B)],
        *[(0x2728, 0x2728), (0x274C, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797), (0x27B0, 0x27BF), (0x2934, 0x2935)],
        *[(0x2B1B, 0x2B55), (0x1F000, 0x1FAFF)],
    ],
    "Han": [(0x3001, 0x9FFF), (0xF900, 0xFAFF)],
    "RareHan": [(0x20000, 0x3134F)],
}
EM = 72  # pixels: 470 dots an inch at 11 points, and as many as a label printer has at a label's largest type
LONGEST = 9 * EM  # a wider word is cut between two letters, for it may be wider than its column
BEFORE_THEIR_LETTER = set("\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4")  # vowels
FIRST_EMOJI = "\U0001f000"  # Of these, several can be one picture: a family, a flag, a hand with its color.
JOINERS = "\u200c\u200d"
ATTRIBUTE = 96 / 72  # the renderer takes 3/4 of what an <img> says in points
_THRESHOLD = [255] * 128 + [0] * 128
SHARED = "\u0964\u0965"  # the full stops of most scripts of India stand in Devanagari's block


@cache
def _coverage(font: str) -> frozenset[int]:
    return frozenset(TTFontFile(str(_file(font)), charInfo=1).charToGlyph)


def _file(font: str) -> Path:
    return FOLDER / FILES.get(font, f"noto/NotoSans{font}-Regular.ttf")


@cache
def _typeface(font: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_file(font), EM, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(4096)
def font_of(char: str) -> str:
    """The font that draws `char` as a picture, "" if none does."""
    code = ord(char)
    found = (font for font, blocks in BLOCKS.items() if any(first <= code <= last for first, last in blocks))
    font = next(found, "")
    return font if font and code in _coverage(font) else ""


def runs(text: str) -> list[tuple[str, str]]:
    """`text` in pieces, each with its font: "" for what is no picture. A joiner goes with the letter before it."""
    fonts: list[str] = []
    for char in text:
        last = fonts[-1] if fonts else ""
        fonts.append(last if last and char in JOINERS + SHARED else font_of(char))
    pairs = groupby(zip(fonts, text, strict=True), lambda pair: pair[0])
    return [(font, "".join(char for _, char in group)) for font, group in pairs]


@lru_cache(1024)
def advance(text: str, font: str) -> float:
    """The width of `text` in pixels."""
    return _typeface(font).getlength(text)


def pieces(text: str, font: str) -> list[str]:
    """`text` cut into pieces of at most LONGEST pixels, each of whole letters with all that belongs to them."""
    if advance(text, font) <= LONGEST:
        return [text]
    found, width = [""], 0.0
    for letter in letters(text):
        ink = _typeface(font).getlength(letter)
        if found[-1] and width + ink > LONGEST:
            found.append("")
            width = 0
        found[-1] += letter
        width += ink
    return found


def letters(text: str) -> list[str]:
    """Each with the marks and vowels that belong to it; a family and a flag whole."""
    if max(text, default="") >= FIRST_EMOJI:
        return list(iter_graphemes(text))
    found: list[str] = []
    for char in text:
        mark = unicodedata.category(char) in ("Mn", "Mc", "Me") or char in JOINERS
        last = found[-1][-1:] if found else ""
        if last and (mark or unicodedata.combining(last) == 9 or last in BEFORE_THEIR_LETTER or last in JOINERS):
            found[-1] += char
        else:
            found.append(char)
    return found


def markup(text: str, font: str, points: float) -> str:
    """An <img> that stands on its line as a word in type of that size does."""
    width, height, source = _picture(text, font)
    # As attributes, which are read faster than a style.
    across, up = (f"{pixels * points / EM * ATTRIBUTE:.2f}pt" for pixels in (width, height))
    return format_html('<img alt="{}" width="{}" height="{}" align="middle" src="{}" />', text, across, up, source)


def ems(text: str, font: str) -> tuple[float, float]:
    """Width and height of the picture in em."""
    width, height, _ = _picture(text, font)
    return width / EM, height / EM


@lru_cache(1024)  # a few megabytes at most: a picture has some hundred bytes
def _picture(text: str, font: str) -> tuple[int, int, str]:
    """Width and height in pixels, and the picture as a data URI."""
    origin, room = 2 * EM, int(advance(text, font)) + 4 * EM
    ink = Image.new("L", (room, 4 * EM), 0)
    ImageDraw.Draw(ink).text((origin, origin), text, 255, font=_typeface(font), anchor="ls")
    left, top, right, bottom = ink.getbbox() or (origin, origin, origin, origin)
    left, right = min(left, origin) - 1, max(right, room - 2 * EM) + 1
    # `middle` puts a picture's middle 0.4 em above the line: so much is left above and below.
    middle = origin - 0.4 * EM
    half = max(bottom - middle, middle - top, 0.5 * EM) + 1
    ink = ink.crop((left, int(middle - half), right, int(middle + half)))
    # Black or white: at so many dots an inch a printer makes nothing else of it. White can be seen through.
    picture = ink.point(_THRESHOLD, "1")
    out = io.BytesIO()
    picture.save(out, "PNG", transparency=1)
    return *ink.size, "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
