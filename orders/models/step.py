"""One thing that must happen for one order, and every attempt at it."""

from django.db import models
from django.db.models import Q

from orders.models.order import Order


class Step(models.Model):
    """A row per order and destination: the outbox. `orders.steps` moves it from state to state.

    `due_at` is when the sweeper looks at an open step next: a queued one is published again then (its message
    may be lost), a waiting one is tried again, a running one has lost its worker (the lease is over).
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        WAITING = "waiting"
        DONE = "done"
        PARKED = "parked"
        CANCELLED = "cancelled"

    STOPPABLE = (State.QUEUED, State.WAITING, State.PARKED)

    # The constraint step_once_per_order has an index that begins with the order.
    order = models.ForeignKey(Order, models.CASCADE, related_name="steps", db_index=False)
    name = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField()
    token = models.UUIDField(null=True, editable=False, help_text="Who runs it: only this claim may record a result.")
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0, help_text="Failed attempts since it was last sent.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=200, blank=True, help_text="The remote's own number or file.")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it waits or is parked.")
    next_action = models.CharField(max_length=500, blank=True, help_text="What a person can do about it.")
    warning = models.CharField(max_length=500, blank=True, help_text="It is done, but somebody should know this.")

    class Meta:
        ordering = ["id"]
        indexes = [
            # For the sweeper. Running ones apart: else it would have to look through the whole backlog for them.
            models.Index(fields=["name", "due_at"], condition=Q(state__in=["queued", "waiting"]), name="step_due"),
            models.Index(fields=["due_at"], condition=Q(state="running"), name="step_running"),
            models.Index(fields=["name", "id"], condition=Q(state="parked"), name="step_parked"),
            # For staff who have SAP's number and look for the order.
            models.Index(fields=["reference"], condition=Q(name="sap") & ~Q(reference=""), name="step_sap_reference"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "name"], name="step_once_per_order"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "waiting", "done", "parked", "cancelled"]),
                name="step_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state="running", token__isnull=False) | (~Q(state="running") & Q(token__isnull=True)),
                name="step_token_while_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.order}"


class Attempt(models.Model):
    """One try at a step: kept whether it succeeded or not. Secrets and personal data are redacted."""

    class Outcome(models.TextChoices):
        DONE = "done"
        TEMPORARY = "temporary", "failed, again later"
        UNKNOWN = "unknown", "no answer"
        PERMANENT = "permanent", "failed, a person must look"
        LOST = "lost", "worker lost"

    step = models.ForeignKey(Step, models.CASCADE, related_name="attempt_log", db_index=False)
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    duration = models.DurationField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    code = models.CharField(max_length=64, blank=True, help_text="HTTP status or the remote's error code.")
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["step", "number"], name="attempt_once"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}: {self.get_outcome_display()}"
