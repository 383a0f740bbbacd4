"""Where the texts of a page stand. Points, from the lower left corner: left, bottom, right, top."""

import itertools

from pypdfium2 import PdfPage

Box = tuple[float, float, float, float]


def boxes(page: PdfPage) -> list[Box]:
    text = page.get_textpage()
    return [text.get_rect(n) for n in range(text.count_rects())]


def overlaps(page: PdfPage) -> list[tuple[Box, Box]]:
    """Texts that run into each other."""
    return [
        (one, other)
        for one, other in itertools.combinations(boxes(page), 2)
        if one[0] + 1 < other[2] and other[0] + 1 < one[2] and one[1] + 3 < other[3] and other[1] + 3 < one[3]
    ]
