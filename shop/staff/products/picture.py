"""What a file would change: the picture that a person sees before anything is changed."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orders.models import Product
from shop.staff.products.faults import Told


class Difference(NamedTuple):
    """Of one field; both in words."""

    field: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.field}: {self.old or 'empty'} → {self.new or 'empty'}"


@dataclass
class Entry:
    """A line that adds a product, or changes one. `values` are the fields' new values, `codes` among them."""

    line: int
    product: Product
    values: dict[str, Any]
    differences: list[Difference] = field(default_factory=list)

    @property
    def detail(self) -> str:
        return "; ".join(map(str, self.differences))

    @property
    def retires(self) -> bool:
        return bool(self.product.pk) and self.values.get("active") is False


@dataclass
class Picture:
    """Nothing is saved if there are `faults`. `doubts` are worth a look, and no hindrance."""

    read_as: str
    columns: list[str]
    new: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    same: int = 0
    faults: Told = field(default_factory=Told)
    doubts: Told = field(default_factory=Told)
    notes: list[str] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        return bool(self.new or self.changed)

    @property
    def counts(self) -> str:
        return f"{len(self.new):,} new, {len(self.changed):,} changed, {self.same:,} the same"

    @property
    def fingerprint(self) -> str:
        """Another one as soon as anything of what is shown is another: somebody has changed a product meanwhile."""
        told = [[entry.product.sku, entry.product.pk, entry.differences] for entry in (*self.new, *self.changed)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()
