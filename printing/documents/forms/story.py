"""HTML to flowables: a page's form is read by the renderer once a process, then filled in."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.context import pisaContext
from xhtml2pdf.document import pisaStory
from xhtml2pdf.xhtml2pdf_reportlab import PmlPageTemplate

from printing.documents import typefaces
from printing.documents.forms.filling import filled
from printing.documents.forms.form import Form, record
from printing.documents.forms.recorder import Recorder
from printing.documents.forms.sketch import NoForm, sketch

# What the templates need of HTML's usual style. The renderer's own style sheet is ten times as long, and it matches
# every element against every rule.
STYLE = """
html { font-family: Body, Cjk; font-size: 10pt; font-weight: normal; color: #000; line-height: 125%; display: inline;
       width: auto; height: auto; white-space: normal; margin: 0; padding: 0; border: 1px none; }
body, div, table, tr, th, td { display: block; }
tr, th, td { vertical-align: middle; width: auto; }
b, th { font-weight: bold; }
"""

# No file, no network: typefaces are registered beforehand, pictures are data URIs.
CLOSED = ResourceAccessPolicy.server(None, allow_remote=False)


# Also what a template that nobody has thought of may lead to: it must be drawn all the same.
ODD = (NoForm, LookupError, AttributeError, TypeError, ValueError)


@dataclass(frozen=True)
class Story:
    """What the renderer draws: flowables, page templates by name, the first page's size in points, and its log."""

    flowables: list[Any]
    templates: dict[str, PmlPageTemplate]
    page_size: tuple[float, float]
    log: list[Any]


def read(html: str) -> Story:
    """The same as `plain`, in a fifth of the time from the third page of a form on."""
    try:
        found = sketch(html)
        if next(_times(hash(found.form))) and (form := kept(found.form)):
            return Story(*filled(form, found, CLOSED))
    except ODD:
        pass
    return plain(html)


def plain(html: str) -> Story:
    """As the renderer reads it."""
    context = _ready(pisaContext())
    pisaStory(html, context=context, resource_policy=CLOSED, default_css=STYLE)
    return Story(context.story, context.templateList, context.pageSize, context.log)


@lru_cache(1024)
def _times(form: int) -> Iterator[int]:
    """How often a page of this form was read. To keep a form costs time, and some have but one page."""
    return count()


@lru_cache(64)  # some megabytes; a shop has some dozens
def kept(form: str) -> Form | None:
    """None if pages of this form must be read each by itself."""
    try:
        return record(form, _ready(Recorder()), resource_policy=CLOSED, default_css=STYLE)
    except ODD:
        return None


def _ready(context: pisaContext) -> pisaContext:
    context.resource_policy = CLOSED
    for family in typefaces.FAMILIES:
        context.registerFont(family)
    return context
