"""What the renderer made flowables of: texts and pictures, each with the state in which it was read."""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus.paraparser import ParaFrag
from xhtml2pdf.xhtml2pdf_reportlab import PmlParagraph, PmlTable


class Spaces(NamedTuple):
    """Of the form's own, between its elements; and the state in which the renderer read them."""

    frag: ParaFrag
    text: str


class Hole(NamedTuple):
    """Its number, and the states in which the renderer read a text and a picture there."""

    number: int
    text: ParaFrag | None
    picture: ParaFrag | None = None
    css: dict[str, Any] | None = None


class Bare(NamedTuple):
    """What a paragraph's block and style are if no picture stands in this hole, for each picture is a new block."""

    hole: int
    block: ParaFrag
    style: ParagraphStyle


@dataclass
class Paragraph:
    """What a paragraph was made of, and the paragraph."""

    events: list[Spaces | Hole]
    frag: ParaFrag
    block: ParaFrag
    bare: Bare | None
    made: PmlParagraph
    MAY_CHANGE: ClassVar = frozenset({"style"})
    USED: ClassVar = frozenset({"style"})


Command = tuple[Any, ...]  # of a TableStyle


@dataclass(frozen=True)
class Table:
    """What a table was made of, and the table. `common` is its style, `styles` has that of each row."""

    rows: list[list[Any]]
    heights: list[Any]
    widths: list[Any]
    common: list[Command]
    styles: list[list[Command]]
    places: dict[int, int]  # hole -> row
    made: PmlTable
    MAY_CHANGE: ClassVar = frozenset({"spaceBefore", "spaceAfter"})
    # Two arguments, and what `pisaTagTABLE.end` sets on a table it has made.
    USED: ClassVar = MAY_CHANGE | {
        *("repeatRows", "hAlign", "totalWidth", "marginLeft", "marginRight"),
        *("shrinkToFit", "minHeight", "keepWithNext"),
    }
