"""A form that is kept: the flowables that the renderer made of it once, and how they came to be."""

from dataclasses import dataclass
from typing import Any

from reportlab.platypus.doctemplate import FrameBreak, NextPageTemplate
from reportlab.platypus.flowables import PageBreak, Spacer
from xhtml2pdf.document import pisaStory
from xhtml2pdf.xhtml2pdf_reportlab import PmlFlowingCell, PmlKeepInFrame, PmlPageTemplate, PmlParagraph, PmlTable

from printing.documents.forms.parts import Paragraph, Table
from printing.documents.forms.recorder import Recorder
from printing.documents.forms.sketch import NoForm

CONTAINERS = (PmlKeepInFrame, PmlFlowingCell)
COPIED = (Spacer, type(FrameBreak), NextPageTemplate, PageBreak)


@dataclass(frozen=True)
class Form:
    """`paragraphs` and `tables` by the identity of those in `story` and in the static frames."""

    story: list[Any]
    templates: dict[str, PmlPageTemplate]
    page_size: tuple[float, float]
    paragraphs: dict[int, Paragraph]
    tables: dict[int, Table]


def record(html: str, recorder: Recorder, **options: Any) -> Form:
    """The form of `html`, whose holes have numbers. Options are those of `pisaStory`. Raises NoForm."""
    pisaStory(html, context=recorder, **options)
    templates = recorder.templateList
    for flowable in (*recorder.story, *_static(templates)):
        _check(flowable, recorder)
    recorder.finish()
    return Form(recorder.story, templates, recorder.pageSize, recorder.paragraphs, recorder.tables)


def _static(templates: dict[str, PmlPageTemplate]) -> list[Any]:
    if any(template.pisaBackground for template in templates.values()):
        raise NoForm("a page with a background")
    return [flowable for frame in _frames(templates) for flowable in frame.pisaStaticStory]


def _frames(templates: dict[str, PmlPageTemplate]) -> list[Any]:
    """Those that have the same on each page."""
    return [frame for template in templates.values() for frame in template.pisaStaticList]


def _check(flowable: Any, recorder: Recorder) -> None:
    """Raises NoForm for a flowable that can't be made again."""
    kind = type(flowable)
    if kind is PmlTable and id(flowable) in recorder.tables:
        inner = [cell for row in recorder.tables[id(flowable)].rows for cell in row if cell != ""]
    elif kind in CONTAINERS or kind is list:
        inner = flowable if kind is list else flowable._content
    elif kind in COPIED or (kind is PmlParagraph and id(flowable) in recorder.paragraphs):
        return
    else:
        raise NoForm(f"a {kind.__name__}")
    for each in inner:
        _check(each, recorder)
