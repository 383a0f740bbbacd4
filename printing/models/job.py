"""A slip that was given to a printer, or is about to be."""

from django.db import models
from django.db.models import Q

from orders.models import Order
from printing.models.printer import Printer


class PrintJob(models.Model):
    """A row per order, revision and copy. Only the worker that makes it `sending` prints it: see `printing.jobs`.

    claimed ──> sending ──> accepted(job id) ──> done
       ^           │            └──────────────> failed
       └───────────┴──> unknown ──a person──> done or failed
    """

    class State(models.TextChoices):
        CLAIMED = "claimed", "to be sent"
        SENDING = "sending"
        ACCEPTED = "accepted", "at the printer"
        DONE = "done", "printed"
        FAILED = "failed"
        UNKNOWN = "unknown", "unknown: look for the paper"

    # The constraint print_job_once has an index that begins with the order.
    order = models.ForeignKey(Order, models.CASCADE, related_name="print_jobs", db_index=False)
    revision = models.PositiveSmallIntegerField(default=1)
    copy = models.PositiveSmallIntegerField(default=1, help_text="From the second on it is marked REPRINT.")
    printer = models.ForeignKey(Printer, models.PROTECT, related_name="jobs")
    state = models.CharField(max_length=8, choices=State, default=State.CLAIMED)
    job_id = models.CharField("job", max_length=80, blank=True, help_text="The printer's own number or file.")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it is as it is, in plain words.")
    requested_by = models.CharField(max_length=150, blank=True, help_text="Who asked for it; empty: the order itself.")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=150, blank=True, help_text="Who looked for the paper.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "revision", "copy"], name="print_job_once"),
            models.CheckConstraint(
                condition=Q(state__in=["claimed", "sending", "accepted", "done", "failed", "unknown"]),
                name="print_job_state_known",
            ),
            models.CheckConstraint(condition=~Q(state="accepted", job_id=""), name="print_job_accepted_has_id"),
        ]
        indexes = [
            models.Index(fields=["printer", "id"], condition=Q(state="accepted"), name="print_job_at_printer"),
            models.Index(fields=["id"], condition=Q(state__in=["unknown", "failed"]), name="print_job_trouble"),
            # What the front page counts: few of all the slips that ever were.
            models.Index(
                fields=["printer"],
                condition=Q(state__in=["claimed", "sending", "accepted", "unknown"]),
                name="print_job_open",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the job is called at the printer, the same every time it is sent: it is looked up there by this name."""
        return f"{self.order.number}/r{self.revision}/c{self.copy}"
