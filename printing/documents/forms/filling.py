"""A kept form filled in: new flowables, as the renderer would have made them of this page."""

import copy
from collections.abc import Iterator
from typing import Any
from xml.dom.minidom import Element

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus.tables import TableStyle
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.context import pisaContext
from xhtml2pdf.parser import pisaGetAttributes
from xhtml2pdf.tags import pisaTagIMG
from xhtml2pdf.xhtml2pdf_reportlab import PmlPageTemplate, PmlParagraph, PmlTable

from printing.documents.forms.form import CONTAINERS, Form
from printing.documents.forms.parts import Command, Hole, Paragraph, Table
from printing.documents.forms.sketch import NoForm, Part, Sketch, Values

IMG = Element("img")
Templates = dict[str, PmlPageTemplate]
Size = tuple[float, float]


def filled(form: Form, sketch: Sketch, policy: ResourceAccessPolicy) -> tuple[list[Any], Templates, Size, list[Any]]:
    """Flowables, page templates by name, the size of a page in points, and the renderer's log."""
    filling = Filling(form, sketch)
    filling.resource_policy = policy
    templates = {}
    for name, template in form.templates.items():
        templates[name] = new = copy.deepcopy(template)
        for frame, old in zip(new.pisaStaticList, template.pisaStaticList, strict=True):
            frame.pisaStaticStory = filling.flowables(old.pisaStaticStory)
    story = filling.flowables(form.story)
    if filling.runs:
        raise NoForm("rows in an unknown place")
    return story, templates, form.page_size, filling.log


class Filling(pisaContext):
    """Texts and pictures go through the renderer's own methods, each in the state in which the form's was read.

    Raises NoForm if a text makes no paragraph.
    """

    def __init__(self, form: Form, sketch: Sketch) -> None:
        super().__init__()
        self.form, self.values = form, dict(sketch.values)
        self.runs = {min(filter(None, run.kinds))[0]: run for run in sketch.runs if len(run.rows) > len(run.kinds)}

    def toParagraphStyle(self, first: Any) -> ParagraphStyle:
        return self.kept_style

    def flowables(self, kept: list[Any]) -> list[Any]:
        return [self._flowable(flowable) for flowable in kept]

    def _flowable(self, kept: Any) -> Any:
        kind = type(kept)
        if kind is PmlParagraph:
            return self._paragraph(self.form.paragraphs[id(kept)])
        if kind is PmlTable:
            return self._table(self.form.tables[id(kept)])
        if kind is list:
            return self.flowables(kept)
        new = copy.copy(kept)
        if kind in CONTAINERS:
            new._content = self.flowables(kept._content)
        return new

    def _paragraph(self, kept: Paragraph) -> PmlParagraph:
        self.clearFrag()
        self.force = False
        for event in kept.events:
            if isinstance(event, Hole):
                for part in self.values[event.number]:
                    self._add(event, part)
            else:
                self.frag = event.frag
                self.addFrag(event.text)
        self.frag, self.fragBlock, self.kept_style = kept.frag, kept.block, kept.made.style
        if kept.bare and all(isinstance(part, str) for part in self.values[kept.bare.hole]):
            _, self.fragBlock, self.kept_style = kept.bare
        self.addPara()
        if len(self.story) != 1:
            raise NoForm("a text that makes no paragraph")
        made: PmlParagraph = self.story.pop()
        return made

    def _add(self, hole: Hole, part: Part) -> None:
        self.frag = hole.text if isinstance(part, str) else hole.picture
        if self.frag is None:
            raise NoForm("a place where the renderer reads no text, or no picture")
        if isinstance(part, str):
            self.addFrag(part)
        else:
            self.cssAttr = hole.css
            pisaTagIMG(IMG, pisaGetAttributes(self, "img", part)).start(self)

    def _table(self, kept: Table) -> PmlTable:
        rows, order = [], self._order(kept)
        for source, values in order:
            self.values |= values
            rows.append([self._flowable(cell) for cell in kept.rows[source]])
        made = PmlTable(
            rows,
            colWidths=list(kept.widths),
            rowHeights=[kept.heights[source] for source, _ in order],
            splitByRow=1,
            repeatRows=kept.made.repeatRows,
            hAlign=kept.made.hAlign,
            vAlign="TOP",
            style=TableStyle(list(_styles(kept, [source for source, _ in order]))),
        )
        made.__dict__ |= vars(kept.made)
        return made

    def _order(self, kept: Table) -> list[tuple[int, Values]]:
        """The table's rows: which of the form's each is like, and what stands in it."""
        order: list[tuple[int, Values]] = [(row, {}) for row in range(len(kept.rows))]
        for hole in sorted(kept.places.keys() & self.runs.keys(), reverse=True):
            run = self.runs.pop(hole)
            kinds = [kept.places.get(holes[0]) if holes else None for holes in run.kinds]
            first = next(place - kind for kind, place in enumerate(kinds) if place is not None)
            if any(place not in (None, first + kind) for kind, place in enumerate(kinds)):
                raise NoForm("rows in an unknown order")
            order[first : first + len(kinds)] = [(first + kind, values) for kind, values in run.rows]
        return order


def _styles(kept: Table, order: list[int]) -> Iterator[Command]:
    yield from kept.common
    for row, source in enumerate(order):
        for name, (left, _), (right, _), *rest in kept.styles[source]:
            yield name, (left, row), (right, row), *rest
