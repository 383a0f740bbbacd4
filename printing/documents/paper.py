"""The paper that documents are drawn on. Pure."""

from dataclasses import dataclass, replace

MM = 72 / 25.4  # points
DOT = MM / 8  # of a thermal printer with 203 dots an inch

# As settings and rows say it, and as people read it.
PAPERS = {
    "a4": "A4",
    "a5": "A5",
    "letter": "Letter",
    "4x6": "Label, 4 × 6 inch",
    "100x150": "Label, 100 × 150 mm",
}


@dataclass(frozen=True)
class Box:
    """A place on a sheet, in points from its left and its upper edge."""

    left: float
    top: float
    width: float
    height: float

    @property
    def css(self) -> str:
        """As the renderer's -pdf-frame-box takes it."""
        return " ".join(f"{points:.1f}pt" for points in (self.left, self.top, self.width, self.height))


@dataclass(frozen=True)
class Sheet:
    """What the templates' style needs to know of a paper. `inner`: points between the margins.

    `address` is where it stands, in the window of an envelope, with `head` above, `beside` and `below` it; `sender` is
    the window's first 5 mm. On a `label` only the sizes of `address`, `sender` and `beside` count. A label comes from a
    thermal printer: black or white, no grey. `media` is its name for IPP (PWG 5101.1). A4 has none: a printer has it
    of whose paper nobody has thought, and one that holds other paper would wait for A4.
    """

    size: str  # as CSS has it
    margin: str
    inner: float
    address: Box
    beside: Box
    sender: Box
    head: Box | None = None
    below: Box | None = None
    small: bool = False
    body: int = 11  # points, as `name`
    name: int = 16
    largest: float = 16  # of an address
    label: bool = False
    media: str = ""

    @property
    def below_sender(self) -> Box:
        """What is left for an address below a sender's line."""
        place = self.address
        top = max(place.top, self.sender.top + self.sender.height)
        return replace(place, top=top, height=place.top + place.height - top)


# DIN 5008 form B: 45 mm from the top, 20 mm from the left, 85 × 45 mm, of which the first 5 mm are the sender's. The
# window of a long envelope shows what stands up to 110 mm from the left.
SENDER = 5 * MM
DIN_SENDER = Box(20 * MM, 45 * MM, 85 * MM, SENDER)
DIN_WINDOW = Box(20 * MM, 50 * MM, 85 * MM, 42 * MM)
# What the window of a #10 envelope (7/8 inch from the left, 1/2 inch from below, 4 1/2 × 1 1/8 inch) shows of a sheet
# that was folded in three, lies on the envelope's lower edge and may slip by an inch to the side.
NUMBER_10_WINDOW = Box(63, 147, 252, 84)


def _label(size: str, width: float, media: str) -> Sheet:
    inner = width - 8 * MM
    address, beside = Box(4 * MM, 4 * MM, inner, 50 * MM), Box(30 * MM, 100 * MM, inner * 0.7, 36 * MM)
    sender = Box(4 * MM, 4 * MM, inner, SENDER)
    kind = {"small": True, "body": 10, "name": 14, "largest": 26, "label": True, "media": media}
    return Sheet(size, "4mm 4mm 9mm 4mm", inner, address, beside, sender, **kind)  # type: ignore[arg-type]


SHEETS = {
    "a4": Sheet(
        "a4",
        "12mm 12mm 18mm 12mm",
        (210 - 24) * MM,
        DIN_WINDOW,
        sender=DIN_SENDER,
        beside=Box(112 * MM, 50 * MM, 86 * MM, 40 * MM),
        head=Box(12 * MM, 8 * MM, 186 * MM, 37 * MM),
        below=Box(12 * MM, 93 * MM, 186 * MM, (297 - 93 - 18) * MM),
    ),
    "letter": Sheet(
        "letter",
        "12mm 12mm 18mm 12mm",
        612 - 24 * MM,
        NUMBER_10_WINDOW,
        sender=Box(63, 147, 252, SENDER),
        beside=Box(390, 147, 612 - 390 - 12 * MM, 108),
        head=Box(12 * MM, 9 * MM, 612 - 24 * MM, 38 * MM),
        below=Box(12 * MM, 262, 612 - 24 * MM, 792 - 262 - 18 * MM),
        media="na_letter_8.5x11in",
    ),
    # Folded once it fits a C6 envelope, whose window is where a long one's is.
    "a5": Sheet(
        "a5",
        "8mm 8mm 15mm 8mm",
        (148 - 16) * MM,
        DIN_WINDOW,
        sender=DIN_SENDER,
        beside=Box(111 * MM, 50 * MM, 29 * MM, 40 * MM),
        head=Box(8 * MM, 8 * MM, 132 * MM, 37 * MM),
        below=Box(8 * MM, 93 * MM, 132 * MM, (210 - 93 - 15) * MM),
        small=True,
        body=10,
        name=14,
        media="iso_a5_148x210mm",
    ),
    "4x6": _label("4in 6in", 288, "na_index-4x6_4x6in"),
    "100x150": _label("100mm 150mm", 100 * MM, "om_small-photo_100x150mm"),
}


def check_paper(size: str) -> None:
    if size not in PAPERS:
        raise ValueError(f"write one of {', '.join(PAPERS)}.")
