"""A pick list: several orders that are picked in one walk."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from orders.models.order import Order

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

MOST_ORDERS = 26  # boxes A to Z; no cart has room for more
PREFIX = "PICK-"
TO_PICK = (Order.Status.RECEIVED, Order.Status.PROCESSED)


class PickList(models.Model):
    """Who put which orders on one walk. It is open until none of them is left to pack, or a person ended it.

    Nothing marks a list as done: its orders' status says it. So a packed order that is unpacked again is on its list
    again, and no job can be forgotten.
    """

    created_at = models.DateTimeField(help_text="By the database's clock.")
    created_by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Only if a person ended it.")
    ended_by = models.CharField(max_length=150, blank=True)

    if TYPE_CHECKING:
        entries: RelatedManager["PickListEntry"]

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="pick_list_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What stands on the paper, as text and as bars: "PICK-42"."""
        return f"{PREFIX}{self.pk}"


class PickListEntry(models.Model):
    """An order on a list, and its box: 0 is A. `freed`: its list was ended, another list may take the order."""

    # The constraint pick_list_box_once has an index that begins with the list.
    pick_list = models.ForeignKey(PickList, models.CASCADE, related_name="entries", db_index=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="pick_list_entries")
    box = models.PositiveSmallIntegerField()
    freed = models.BooleanField(default=False)

    class Meta:
        ordering = ["box"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(freed=False), name="order_on_one_open_pick_list"),
            models.UniqueConstraint(fields=["pick_list", "box"], name="pick_list_box_once"),
            models.CheckConstraint(condition=Q(box__lt=MOST_ORDERS), name="pick_list_box_has_a_letter"),
        ]

    def __str__(self) -> str:
        return f"{self.order} on {self.pick_list}, box {self.letter}"

    @property
    def letter(self) -> str:
        return chr(ord("A") + self.box)

    @property
    def to_pick(self) -> bool:
        """True while it is neither packed nor shipped nor cancelled."""
        return self.order.status in TO_PICK
