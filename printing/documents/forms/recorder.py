"""The renderer's parser, which notes how the flowables of a page came to be."""

import copy
import re
from typing import Any

from reportlab.platypus.flowables import Flowable
from reportlab.platypus.paraparser import ParaFrag
from xhtml2pdf.context import pisaContext
from xhtml2pdf.xhtml2pdf_reportlab import PmlTable, RoundedTableBox

from printing.documents.forms.parts import Bare, Command, Hole, Paragraph, Spaces, Table
from printing.documents.forms.sketch import NoForm

HOLE = re.compile(r"\[(\d+)\]")


class Recorder(pisaContext):
    """Raises NoForm where a flowable comes to be in a way that is not known here."""

    frag: ParaFrag
    fragBlock: ParaFrag
    fragList: list[ParaFrag]
    story: list[Flowable]

    def __init__(self) -> None:
        self.paragraphs: dict[int, Paragraph] = {}
        self.tables: dict[int, Table] = {}
        self._states: list[Any] = []
        self._attributes: dict[int, dict[str, Any]] = {}  # of each flowable, as it was made
        self.clearFrag()
        super().__init__()

    def clearFrag(self) -> None:
        super().clearFrag()
        self.events: list[Spaces | Hole] = []
        self.pictured: tuple[int, ParaFrag] | None = None  # the last hole with a text, and its picture's block
        self.frags = 0  # of the paragraph, as far as events account for them

    def addFrag(self, text: Any = "", frag: Any = None) -> None:
        if not isinstance(text, str) or self.frags != len(self.fragList):
            raise NoForm("a page's number, or a fragment of unknown origin")
        hole = HOLE.fullmatch(text)
        if text.strip() and not hole:
            raise NoForm("a text that is no hole's")
        self.before_picture = self.fragBlock
        frag = self._state(self.frag)
        self.events.append(Hole(int(hole[1]), frag) if hole else Spaces(frag, text))
        super().addFrag(text)
        self.frags = len(self.fragList)

    def pullFrag(self) -> None:
        """An element ends. A picture's has added a fragment by itself."""
        if self.frags != len(self.fragList):
            hole = HOLE.fullmatch(self.node.getAttribute("alt"))
            if self.node.tagName != "img" or len(self.fragList) != self.frags + 1 or not hole:
                raise NoForm("a fragment of unknown origin")
            self._picture(int(hole[1]))
            self.frags = len(self.fragList)
        super().pullFrag()

    def _picture(self, number: int) -> None:
        last = self.events[-1] if self.events else None
        text = self.events.pop().text if isinstance(last, Hole) and last.number == number else None
        self.events.append(Hole(number, text, self._state(self.frag), self.cssAttr))
        self.pictured = (number, self.fragBlock) if text else None

    def addPara(self, *, force: bool = False) -> None:
        if force or self.image or self.fragAnchor or self.pendingBullet or self.fragBlock.bulletText:
            raise NoForm("a list, an anchor, or a picture at a side")
        if self.fragBlock.leadingSpace:
            raise NoForm("lines as far from one another as the largest letter says")
        events, frag, block, pictured = self.events, self._state(self.frag), self.fragBlock, self.pictured
        bare = self._bare(pictured[0]) if pictured and pictured[1] is block else None
        before = len(self.story)
        super().addPara()
        if len(self.story) > before:
            made = self.story[-1]
            self.paragraphs[id(made)] = Paragraph(events, frag, self._state(block), bare, made)
            self._attributes[id(made)] = vars(made) | {"style": copy.copy(made.style)}

    def _bare(self, hole: int) -> Bare:
        """Makes the paragraph as if the hole's picture were not there."""
        kept = {name: getattr(self, name) for name in ("fragList", "text", "fragStrip", "events", "frags", "force")}
        kept |= {"story": self.story, "fragBlock": self.fragBlock}
        self.fragList, self.story, self.fragBlock = list(self.fragList), [], copy.copy(self.before_picture)
        super().addPara()
        bare = Bare(hole, self._state(self.before_picture), self.story[0].style)
        self.__dict__ |= kept
        return bare

    def addStory(self, data: Any) -> None:
        if type(data) is PmlTable:
            self.tables[id(data)] = _table(self.tableData, data, self._places(self.tableData.data))
            self._attributes[id(data)] = dict(vars(data))
        super().addStory(data)

    def _places(self, rows: list[list[Any]]) -> dict[int, int]:
        """The row of each hole that is right in a cell."""
        found: dict[int, int] = {}
        for place, row in enumerate(rows):
            for cell in row:
                for flowable in getattr(cell, "_content", cell):
                    if paragraph := self.paragraphs.get(id(flowable)):
                        holes = [event.number for event in paragraph.events if isinstance(event, Hole)]
                        found |= dict.fromkeys(holes, place)
        return found

    def _state(self, now: Any) -> Any:
        """`now`, a fragment or a style, as it is. Most are like one before: a form is smaller if it has each once."""
        for known in self._states:
            if type(known) is type(now) and vars(known) == vars(now):
                return known
        self._states.append(copy.copy(now))
        return self._states[-1]

    def finish(self) -> None:
        """Raises NoForm if a flowable was changed after it was made, or hangs on an element's place."""
        by_place = self.cssPositionalTags or self.cssAttributeNames
        made_up = any(self.cssCascade.hasPseudoRules(name) for name in ("before", "after"))
        if self.log or by_place or made_up or self.multiBuild or self.indexing_story or self.anchorFrag:
            raise NoForm("a complaint, a rule for places or pseudo-elements, an index, or a link")
        for paragraph in self.paragraphs.values():
            self._settle(paragraph)
        made: list[Paragraph | Table] = [*self.paragraphs.values(), *self.tables.values()]
        for kept in made:
            before, now = self._attributes[id(kept.made)], kept.made.__dict__
            if {name for name, value in now.items() if before.get(name, kept) is not value} - kept.MAY_CHANGE:
                raise NoForm("something changes a flowable")
            for name in now.keys() - kept.USED:
                del now[name]

    def _settle(self, kept: Paragraph) -> None:
        """What margins have made of a style counts for the one without a picture, too. Keeps each style once."""
        first, last, bare = self._attributes[id(kept.made)]["style"], kept.made.style, kept.bare
        first.name = last.name = ""
        if bare:
            bare.style.name = ""
            changed = {name: value for name, value in vars(last).items() if getattr(first, name) != value}
            if any(getattr(bare.style, name) != getattr(first, name) for name in changed):
                raise NoForm("margins that hang on a picture")
            bare.style.__dict__ |= changed
            kept.bare = bare._replace(style=self._state(bare.style))
        kept.made.style = self._state(last)


def _table(data: Any, made: PmlTable, places: dict[int, int]) -> Table:
    """`data` is the renderer's of this table."""
    commands = list(data.styles)
    if data.span or any(isinstance(part, RoundedTableBox) for command in commands for part in command):
        raise NoForm("a cell over several rows or columns, or round corners, which a table has by their identity")
    ends = [place for place, command in enumerate(commands) if command[2][1] == -1]
    common, rest = commands[: ends[-1] + 1], commands[ends[-1] + 1 :]
    styles: list[list[Command]] = [[] for _ in data.data]
    for command in rest:
        (_, first), (_, last) = command[1:3]
        if first != last or first < 0:
            raise NoForm("a style over several rows")
        styles[first].append(command)
    return Table(data.data, data.rowh, list(data.colw), common, styles, places, made)
