"""A scan, and how things stand when it comes: the order with its row locked, and what was scanned before."""

import uuid
from dataclasses import dataclass, field
from functools import cached_property

from orders import lifecycle
from orders.models import Order, PackScan
from printing.documents.slip import walking_order
from printing.models import PrintJob
from shop.staff.pack.meaning import Meaning, meaning
from shop.staff.pack.packing import Article, Packing, packing
from shop.staff.scanned import Scanned

Kind = PackScan.Kind
OPEN = (Order.Status.RECEIVED, Order.Status.PROCESSED)
# How the order on the screen stands. IN: all pieces are in. NO_SLIP: it can't be packed yet. The rest is its status.
PACKING, IN, NO_SLIP = "packing", "in", "no slip"
AT_THE_PRINTER = (PrintJob.State.ACCEPTED, PrintJob.State.DONE)


@dataclass(frozen=True)
class Scan:
    """What one POST says. `expect` is how the order stood on the page, `after` the scan that the page answered.

    `seen` are the ids of the refusals that the page showed, `row` the line or scan that a key is about.
    """

    id: uuid.UUID
    by: str
    code: str = ""
    act: str = "scan"
    number: str = ""
    expect: str = ""
    after: uuid.UUID | None = None
    seen: tuple[int, ...] = ()
    row: int | None = None
    carrier: str = ""
    table: str = ""
    may_print: bool = False
    any_time: bool = False

    @property
    def scanned(self) -> Scanned:
        return Scanned.read(self.code)


@dataclass(frozen=True)
class Situation:
    scan: Scan
    order: Order | None
    rows: list[PackScan] = field(default_factory=list)

    @cached_property
    def stage(self) -> str:
        return stage(self.order, self.packing) if self.order else ""

    @cached_property
    def packing(self) -> Packing:
        return packing(articles(self.order), self.rows) if self.order else Packing((), None)

    @property
    def is_stale(self) -> bool:
        """The page showed the order otherwise than it stands by now."""
        steps = {PACKING: PACKING, IN: PACKING}
        expected = self.scan.expect
        return bool(expected) and steps.get(expected, expected) != steps.get(self.stage, self.stage)

    @property
    def alarms(self) -> list[PackScan]:
        return alarms(self.rows)

    @cached_property
    def meaning(self) -> Meaning:
        return meaning(self.scan.scanned, self.order)

    @cached_property
    def answered(self) -> PackScan | None:
        """The scan that the page answered: this one goes on from there."""
        if self.scan.after is None:
            return None
        return PackScan.objects.filter(scan_id=self.scan.after, by=self.scan.by, order=self.order).first()

    @property
    def times(self) -> int:
        before = self.answered
        return before.pieces if before and before.kind == Kind.TIMES else 1


def rows_of(order: Order) -> list[PackScan]:
    return list(PackScan.objects.filter(order=order).order_by("pk"))


def alarms(rows: list[PackScan]) -> list[PackScan]:
    """The refusals that nobody has acknowledged."""
    return [row for row in rows if row.kind == Kind.WRONG and not row.acknowledged_at]


def articles(order: Order) -> list[Article]:
    """The order's lines as the slip has them: as people walk them."""
    lines = sorted(order.lines.select_related("product"), key=walking_order)
    return [Article(line.pk, line.sku, line.name, line.product.bin_location, line.quantity) for line in lines]


def stage(order: Order, now: Packing) -> str:
    if order.status not in OPEN:
        return str(order.status)
    if not _slip_was_out(order, now):
        return NO_SLIP
    return IN if now.all_in else PACKING


def _slip_was_out(order: Order, now: Packing) -> bool:
    """Also while another copy is on its way: who has the first one goes on."""
    if now.counted or lifecycle.to_pack(Order.objects.filter(pk=order.pk)).exists():
        return True
    return PrintJob.objects.filter(order=order, state__in=AT_THE_PRINTER).exists()
