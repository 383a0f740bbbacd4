"""Where steps go, with those that undo them. It can be paused, and its circuit breaker can be open."""

from django.db import models

from orders.models.step import Step


class Destination(models.Model):
    """A row per destination, named as its queue.

    While it is paused or its circuit breaker is open its steps are held: they stay as rows.
    """

    name = models.CharField(primary_key=True, max_length=32)
    paused = models.BooleanField(default=False, help_text="Staff hold its steps back.")
    paused_by = models.CharField(max_length=150, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="Temporary failures in a row.")
    open_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Set while the breaker is open: one step is tried then, the others wait for it.",
    )
    probe = models.ForeignKey(
        Step, models.SET_NULL, null=True, blank=True, related_name="+", help_text="The step that is let through."
    )
    trips = models.PositiveIntegerField(default=0, help_text="How often in a row the probe failed.")
    reason = models.CharField(max_length=500, blank=True, help_text="Why the breaker opened.")
    pause_reason = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Why it was paused, in words of who did it."
    )
    last_success_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it took something last; at most a few seconds behind."
    )

    class Meta:
        ordering = ["name"]
        permissions = [("try_connections", "Can try the connections to all destinations")]

    def __str__(self) -> str:
        return self.name

    @property
    def holds_steps(self) -> bool:
        """True while its steps must not run (but for the probe): paused, or the circuit breaker is open."""
        return self.paused or self.open_until is not None
