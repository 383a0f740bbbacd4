"""Texts in a place on the paper that has its size: in type as large as fits, their lines ending where a word does."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportlab.pdfbase import pdfmetrics
from wcwidth import iter_graphemes

from printing.documents import lettering, pictures, typefaces
from printing.documents.pictures import runs

LOOSE, TIGHT = 1.3, 1.12  # em from line to line, as far as there is room
# Em that the renderer gives a line of line-height 100% above and below the letters' foot: 5/6, and the typeface's own.
ASCENT, DESCENT = 5 / 6, 0.2403
STEP = 0.5  # points
SLACK = 2.0  # points
Unit = tuple[str, float, str]  # a word or a Chinese letter, its width in em, and what separates it from the one before


@dataclass(frozen=True)
class Panel:
    """Lines as they are to be printed, each with the room below it; that, and the size of type, in points."""

    lines: list[tuple[str, float]]
    points: float


def arrange(
    texts: Sequence[str],
    width: float,
    height: float,
    *,
    largest: float,
    smallest: float = 0,
    font: str = typefaces.BOLD,
) -> Panel | None:
    """Fits `texts`, each on lines of its own, into `width` × `height` points.

    Words stay whole down to type that can just be read (LEGIBLE); a longer word than that is cut between two letters.
    Rather than be broken, a text may make all of them smaller by a quarter. None if they don't fit at `smallest`.
    """
    typefaces.register()
    paragraphs = [list(_units(lettering.seen(text), font)) for text in texts]
    tight = max(TIGHT, sum(max(part) for part in zip(*map(_extents, texts), strict=True)))
    width, height, best, points = width - SLACK, height - SLACK, None, largest
    while points >= max(smallest, STEP, 0.75 * best.points if best else 0):
        lines = _lines(paragraphs, width / points, font, torn=points <= max(smallest, typefaces.LEGIBLE))
        if lines and len(lines) * tight * points <= height:
            leading = min(max(LOOSE, tight), height / len(lines) / points)
            if len(lines) == len(texts):
                return Panel(_spaced(lines, points, leading), points)
            best = best or Panel(_spaced(lines, points, leading), points)
        points -= STEP
    return best


def _spaced(lines: list[str], points: float, leading: float) -> list[tuple[str, float]]:
    """`leading` em from each line's foot to the next one's, whatever stands in them."""
    extents = [_extents(line) for line in lines]
    above = [ascent for ascent, _ in extents[1:]] + [0.0]
    return [
        (line, max(leading - descent - ascent, 0) * points if ascent else 0)
        for line, (_, descent), ascent in zip(lines, extents, above, strict=True)
    ]


def _lines(paragraphs: list[list[Unit]], room: float, font: str, *, torn: bool) -> list[str]:
    """All lines, `room` em wide. None if a word is longer and may not be torn."""
    if not torn and any(ems > room for units in paragraphs for _, ems, _ in units):
        return []
    return [line for units in paragraphs for line in _wrapped(units, room, font)]


def _wrapped(units: list[Unit], room: float, font: str) -> list[str]:
    """The lines of one text, `room` em wide."""
    lines, width = [""], 0.0
    for text, ems, space in _cut(units, room, font):
        if lines[-1] and width + ems + (_ems(space, font) if space else 0) > room:
            lines.append("")
            width = 0
        if lines[-1]:
            text, ems = space + text, ems + (_ems(space, font) if space else 0)
        lines[-1] += text
        width += ems
    return lines


def _cut(units: list[Unit], room: float, font: str) -> Iterator[Unit]:
    """Units of which none is wider than `room`."""
    for text, ems, space in units:
        if ems <= room:
            yield text, ems, space
            continue
        for place, letter in enumerate(pictures.letters(text)):
            yield letter, ems_of(letter, font), "" if place else space


def _units(text: str, font: str) -> Iterator[Unit]:
    for word in text.split():
        begun, space = "", " "
        for char in iter_graphemes(word) if max(word) >= pictures.FIRST_EMOJI else word:
            if unicodedata.east_asian_width(char[0]) in "WF" and not unicodedata.category(char[0]).startswith("P"):
                if begun:
                    yield begun, ems_of(begun, font), space
                    space = ""
                yield char, ems_of(char, font), space
                begun, space = "", ""
            else:
                begun += char
        if begun:
            yield begun, ems_of(begun, font), space


def ems_of(word: str, font: str) -> float:
    """The width of a word as it is drawn, in em: its letters, or its picture. Joined Arabic is never wider."""
    drawn = (pictures.ems(part, kind)[0] if _is_picture(part, kind) else _ems(part, font) for kind, part in runs(word))
    return sum(drawn)


def _is_picture(part: str, kind: str) -> bool:
    """Whether it is one: most Arabic is drawn by the page's own typeface."""
    return kind != "Arabic" or "<img" in typefaces.whole(part) if kind else False


def _ems(text: str, font: str) -> float:
    """Of letters that the page's own typefaces draw."""
    own, other = (pdfmetrics.getFont(name).face.charWidths for name in (font, typefaces.CJK))
    return sum(own.get(ord(char)) or other.get(ord(char), typefaces.WIDE) for char in text) / 1000


def _extents(text: str) -> tuple[float, float]:
    """Above and below the letters' foot, in em. A picture's middle is 0.4 em above it."""
    parts = runs(lettering.seen(text))
    half = max((pictures.ems(part, kind)[1] for kind, part in parts if _is_picture(part, kind)), default=0) / 2
    return max(ASCENT, half + 0.4), max(DESCENT, half - 0.4)
