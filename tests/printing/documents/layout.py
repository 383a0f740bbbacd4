"""Where the texts of a page stand. Points, from the lower left corner: left, bottom, right, top."""

import itertools

from pypdfium2 import PdfDocument, PdfPage

Box = tuple[float, float, float, float]


def boxes(page: PdfPage) -> list[Box]:
    text = page.get_textpage()
    return [text.get_rect(n) for n in range(text.count_rects())]


def drawn_lines(content: bytes) -> list[str]:
    """Each line of a PDF's first page as the eye sees it, from left to right, whatever order the text was meant in."""
    text = PdfDocument(content)[0].get_textpage()
    lines: dict[int, list[tuple[float, str]]] = {}
    for n in range(text.count_chars()):
        left, bottom, *_ = text.get_charbox(n, loose=True)
        lines.setdefault(round(bottom), []).append((left, text.get_text_range(n, 1)))
    return ["".join(char for _, char in sorted(line)) for _, line in sorted(lines.items(), reverse=True)]


def overlaps(page: PdfPage) -> list[tuple[Box, Box]]:
    """Texts that run into each other."""
    return [
        (one, other)
        for one, other in itertools.combinations(boxes(page), 2)
        if one[0] + 1 < other[2] and other[0] + 1 < one[2] and one[1] + 3 < other[3] and other[1] + 3 < one[3]
    ]
