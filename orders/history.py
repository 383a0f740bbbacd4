"""Who did what, when, to which order, printer or destination: a row for each act of a person, a client or a command."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models

from orders.database.clock import from_now

AT_ONCE = 1000  # rows a statement


class Deed(models.Model):
    """One act. It is written in the transaction that makes the change: neither is there without the other.

    `model`, `row` and `name` say to what: they stay when the row itself is gone. `by` is a user's name, a client's, or
    a command (`manage.py resend`).
    """

    class What(models.TextChoices):
        PACKED = "packed", "packed"
        SHIPPED = "shipped", "shipped"
        PARCEL_ADDED = "parcel added", "added a parcel"
        PARCEL_REMOVED = "parcel gone", "removed a parcel"
        CANCELLED = "cancelled", "cancelled"
        SENT_AGAIN = "sent again", "sent again"
        DONE_BY_HAND = "by hand", "marked as done by hand"
        REPRINTED = "reprinted", "asked for a new copy"
        FOUND = "found", "said: it is there"
        NOT_FOUND = "not found", "said: it is not there"
        PAUSED = "paused", "paused"
        RESUMED = "resumed", "resumed"
        BREAKER_CLOSED = "closed", "closed the circuit breaker"
        ADDED = "added", "added"
        CHANGED = "changed", "changed"
        DELETED = "deleted", "deleted"
        TEST_PAGE = "test page", "printed a test page"
        PAPER_CHECKED = "paper", "checked the paper"
        FOLDER_TAKEN = "folder", "took the new spool folder"
        UNLOCKED = "unlocked", "let try again"
        UNDONE = "undone", "took it back"
        MISSING = "missing", "said: pieces are missing"
        LISTED = "listed", "put on a pick list"
        LIST_ENDED = "list ended", "ended the pick list"
        RETIRED = "retired", "took it off sale"
        IMPORTED = "imported", "imported"
        ERASED = "erased", "erased personal data"
        ADOPTED = "adopted", "took this copy into use"
        MOVED = "moved", "sent the slip elsewhere"
        LIST_PRINTED = "list printed", "printed the pick list"
        TOLD = "told", "sent a test message"

    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    what = models.CharField(max_length=12, choices=What)
    model = models.CharField(max_length=32)
    row = models.CharField(max_length=64)
    name = models.CharField("to what", max_length=200, help_text="What it was called then.")
    order = models.ForeignKey("orders.Order", models.CASCADE, null=True, related_name="deeds")
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "history"
        indexes = [models.Index(fields=["model", "row"], name="deed_row")]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_what_display()} by {self.by}"

    @staticmethod
    def remember(what: "Deed.What", rows: Iterable[Any], *, by: str, detail: Callable[[Any], str] | str = "") -> None:
        """Keeps that `by` did this to each of the rows. Call it in the transaction that makes the change.

        A row's text is kept: load with it what that needs (a step's order).
        """
        told = detail if callable(detail) else lambda row: detail
        Deed.objects.bulk_create((Deed(**facts(row, told(row)), what=what, by=by[:150]) for row in rows), AT_ONCE)


def facts(row: Any, detail: str) -> dict[str, Any]:
    """What is kept of the row, and when."""
    model = row._meta.model_name
    return {
        "at": from_now(),
        "model": model,
        "row": str(row.pk)[:64],
        "name": str(row)[:200],
        "order_id": row.pk if model == "order" else getattr(row, "order_id", None),
        "detail": detail[:500],
    }
