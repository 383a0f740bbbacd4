"""Pictures of one bit a pixel that let the page be seen where they are white: words in rarer scripts.

Such a PNG's pixels stand packed in a PDF as they do in the PNG (ISO 32000-1, 7.4.4.4: FlateDecode with Predictor 15).
ReportLab would unpack them, make three bytes of each bit and pack them anew: as long as all the rest of a slip takes.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFObject, PDFStream
from reportlab.pdfgen.canvas import Canvas

SIGNATURE = b"\x89PNG\r\n\x1a\n"
ONE_BIT_GREY = (1, 0, 0, 0, 0)  # IHDR: bits, colour type, compression, filter, interlace
WHITE_IS_CLEAR = b"\x00\x01"  # tRNS: the grey that can be seen through


@dataclass(frozen=True)
class Stencil:
    """Pixels, packed as in a PNG."""

    width: int
    height: int
    content: bytes

    @property
    def name(self) -> str:
        """The same for the same picture: a PDF has it once."""
        return md5(self.width.to_bytes(4, "big") + self.content, usedforsecurity=False).hexdigest()


def read(png: bytes) -> Stencil | None:
    """None unless `png` is black or clear, of one bit a pixel, and stands line after line."""
    if not png.startswith(SIGNATURE):
        return None
    chunks: dict[bytes, bytes] = {}
    for kind, data in _chunks(png):
        chunks[kind] = chunks.get(kind, b"") + data
    width, height, *form = struct.unpack(">IIBBBBB", chunks.get(b"IHDR", b"")[:13].ljust(13, b"\0"))
    if tuple(form) != ONE_BIT_GREY or chunks.get(b"tRNS") != WHITE_IS_CLEAR:
        return None
    return Stencil(width, height, chunks.get(b"IDAT", b""))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, place)
        yield png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        place += 12 + length


class _Image(PDFObject):
    __RefOnly__ = 1

    def __init__(self, stencil: Stencil) -> None:
        self.stencil, self.name = stencil, stencil.name

    def format(self, document: Any) -> bytes:
        stencil = self.stencil
        shape = {"Columns": stencil.width, "Colors": 1, "BitsPerComponent": 1}
        said: dict[str, Any] = {
            "Type": PDFName("XObject"),
            "Subtype": PDFName("Image"),
            "Width": stencil.width,
            "Height": stencil.height,
            "BitsPerComponent": 1,
            "ImageMask": "true",
            "Filter": PDFArray([PDFName("FlateDecode")]),
            "DecodeParms": PDFArray([PDFDictionary({"Predictor": 15, **shape})]),
        }
        packed: bytes = PDFStream(PDFDictionary(said), stencil.content).format(document)
        return packed


def draw(canvas: Canvas, stencil: Stencil, x: float, y: float, width: float, height: float) -> None:
    """Black, as `Canvas.drawImage` draws other pictures: points from the page's lower left corner."""
    document, name = canvas._doc, stencil.name
    place = document.getXObjectName(name)
    if place not in document.idToObject:
        document.Reference(_Image(stencil), place)
        document.addForm(name, document.idToObject[place])
    canvas.saveState()
    canvas.setFillGray(0)
    canvas.translate(x, y)
    canvas.scale(width, height)
    canvas._code.append(f"/{place} Do")
    canvas.restoreState()
    canvas._formsinuse.append(name)
