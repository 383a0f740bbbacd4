"""HTML to PDF with xhtml2pdf, which may open no file and no connection.

`pisa.CreatePDF` is too slow for slips: it reads the typefaces again for every document, and to count the pages it draws
all of them twice. This file calls the two halves of it, `pisaStory` (parse) and `PmlBaseDoc.build` (draw). Typefaces
are loaded once a process, and the footers are added at the end, when the number of pages is known.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from threading import Lock
from typing import Any

from django.template import TemplateSyntaxError
from django.utils.translation import pgettext
from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas
from xhtml2pdf.config.resources import render_budget, use_policy
from xhtml2pdf.default import DEFAULT_PAGE_NAME
from xhtml2pdf.files import cleanFiles
from xhtml2pdf.util import reset_caches
from xhtml2pdf.xhtml2pdf_reportlab import PmlBaseDoc

from printing.documents import stencil, typefaces
from printing.documents.forms.story import CLOSED, read

_PICTURED = re.compile('<img alt="([^"]+)"')  # words drawn as pictures, which a search shall find
_ONE_AT_A_TIME = Lock()
NARROW = 420  # points: A5. On smaller paper the footer stands lower.


@dataclass(frozen=True)
class Pdf:
    content: bytes
    pages: int
    complaints: list[str]  # what the renderer could not do


def make_pdf(html: str, *, title: str, footer: str) -> Pdf:
    """Draws `html`, with "`footer` · page x of y" below every page. The same input gives the same bytes.

    "page … of" is in the active language. Reads nothing but `html`. One at a time in a process, since the renderer has
    module globals: threads of a web server wait for each other. Raises TemplateSyntaxError if no rule says how large a
    page is.
    """
    with _ONE_AT_A_TIME:
        return _make(html, title, footer)


def _make(html: str, title: str, footer: str) -> Pdf:
    typefaces.register()
    out = io.BytesIO()
    try:
        with use_policy(CLOSED), render_budget(CLOSED):
            story = read(html)
            if DEFAULT_PAGE_NAME not in story.templates:
                raise TemplateSyntaxError("The page has no @page rule. Include printing/style.html in its head.")
            document = PmlBaseDoc(out, pagesize=story.page_size, title=title, invariant=1, allowSplitting=1)
            document.keywords = [unescape(alt) for alt in _PICTURED.findall(html)]
            body = story.templates.pop(DEFAULT_PAGE_NAME)
            document.addPageTemplates([body, *story.templates.values()])
            with _binary_streams():
                document.build(story.flowables, canvasmaker=_numbering(footer))
    finally:
        cleanFiles()
        reset_caches()
    return Pdf(out.getvalue(), document.page, [str(message) for _, _, message, _ in story.log])


@contextmanager
def _binary_streams() -> Iterator[None]:
    """Without ReportLab's base-85 encoding, which makes a PDF a quarter longer: printers have long read plain bytes."""
    before, rl_config.useA85 = rl_config.useA85, 0
    try:
        yield
    finally:
        rl_config.useA85 = before


def _may_be_a_stencil(image: Any) -> bool:
    """Of the renderer's own pictures, which have not been unpacked yet."""
    picture = getattr(image, "_image", None)
    return picture is not None and picture.mode == "1" and bool(picture.info) and isinstance(image.fp, io.BytesIO)


def _numbering(footer: str) -> type[Canvas]:
    """A canvas that keeps its pages until the last one, then writes the footers."""
    counted = pgettext("paper", "page %(page)s of %(pages)s")

    class NumberedCanvas(Canvas):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.finished: list[dict[str, Any]] = []

        def drawImage(self, image: Any, x: float, y: float, *sizes: float, **options: Any) -> Any:
            if len(sizes) == 2 and _may_be_a_stencil(image) and (found := stencil.read(image.fp.getvalue())):
                stencil.draw(self, found, x, y, *sizes)
                return found.width, found.height
            return super().drawImage(image, x, y, *sizes, **options)

        def showPage(self) -> None:
            self.finished.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self.finished, start=1):
                self.__dict__.update(page)
                text = f"{footer} · " + counted % {"page": number, "pages": len(self.finished)}
                width = self._pagesize[0]
                self.setFont(typefaces.BOLD, min(9, 0.9 * width / self.stringWidth(text, typefaces.BOLD, 1)))
                self.drawCentredString(width / 2, 24 * min(1, width / NARROW), text)
                super().showPage()
            super().save()

    return NumberedCanvas
