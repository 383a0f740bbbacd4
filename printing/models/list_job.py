"""A pick list that was given to a printer, or is about to be."""

from django.db import models
from django.db.models import Q

from orders.models import PickList
from printing.models.job import PrintJob
from printing.models.printer import Printer


class ListJob(models.Model):
    """A row per pick list and copy, with the states of a `PrintJob`: see `printing.list_jobs`.

    It belongs to no order, so it has no step: the row itself is what a worker looks for.
    """

    # The constraint list_job_once has an index that begins with the list.
    pick_list = models.ForeignKey(PickList, models.CASCADE, related_name="print_jobs", db_index=False)
    copy = models.PositiveSmallIntegerField(help_text="From the second on it is marked REPRINT.")
    printer = models.ForeignKey(Printer, models.PROTECT, related_name="list_jobs")
    state = models.CharField(max_length=8, choices=PrintJob.State, default=PrintJob.State.CLAIMED)
    job_id = models.CharField(max_length=80, blank=True, help_text="The printer's own number or file.")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it is as it is, in plain words.")
    requested_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(help_text="By the database's clock.")
    tries = models.PositiveIntegerField(default=0, help_text="Who sends it knows by it that it is still theirs.")
    sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["pick_list", "copy"], name="list_job_once")]
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["claimed", "sending", "accepted"]), name="list_job_open")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the job is called at the printer: "PICK-42/r1/c1"."""
        return f"{self.pick_list.number}/r1/c{self.copy}"
