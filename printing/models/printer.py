"""A printer in the warehouse, and how it was when last asked."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models

from orders.database import clock
from printing.documents.paper import PAPERS
from printing.printers.address import check_address

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from printing.models.job import PrintJob
    from printing.models.list_job import ListJob

LATE = timedelta(minutes=5)


def check_url(url: str) -> None:
    """`check_address` for forms."""
    try:
        check_address(url)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class Printer(models.Model):
    """A row per printer. The lower half is what polling found; nobody types it."""

    name = models.CharField(max_length=60, unique=True)
    url = models.CharField(
        "address", max_length=200, unique=True, validators=[check_url], help_text="E.g. ipp://cups.lan/printers/slips."
    )
    station = models.CharField(max_length=60, blank=True, help_text="Where it stands, for people.")
    paper = models.CharField(max_length=12, choices=PAPERS, default="a4")
    active = models.BooleanField(default=True, help_text="Slips may be sent to it.")
    takes_slips = models.BooleanField(
        "takes new slips", default=True, help_text="New orders' slips are shared out among the printers marked so."
    )
    fallback = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        help_text="Takes over what this one certainly has not printed, while it is out of paper or can't be reached.",
    )
    stand_in = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        help_text="Takes its slips since a person said so, until it is well: see printing.standing_in.",
    )
    keeps_history = models.BooleanField(
        default=False,
        help_text="Its queue remembers jobs over a restart (CUPS with DirtyCleanInterval 0 and PreserveJobHistory). "
        "Otherwise a person is asked after a lost answer.",
    )
    state = models.CharField(max_length=12, default="unknown", editable=False)
    reasons = models.TextField(blank=True, editable=False, help_text="In plain words, one a line.")
    blocked = models.BooleanField(
        db_column="holding",
        default=False,
        editable=False,
        help_text="What it is given now comes out late, or not at all.",
    )
    check_paper = models.BooleanField(
        default=False, editable=False, help_text="Its queue says completed, but lost its history."
    )
    folder_id = models.CharField(
        max_length=32, blank=True, default="", db_default="", editable=False, help_text="Which spool folder it is."
    )
    polled_at = models.DateTimeField(null=True, editable=False)
    oldest_job_at = models.DateTimeField(
        null=True, editable=False, help_text="When the oldest job that is not printed yet was given to it."
    )

    if TYPE_CHECKING:
        jobs: RelatedManager["PrintJob"]
        list_jobs: RelatedManager["ListJob"]

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.fallback_id and self.fallback_id == self.pk:
            raise ValidationError({"fallback": "A printer can't stand in for itself."})

    @property
    def is_folder(self) -> bool:
        """True of a spool folder: nothing to switch on, somebody or something takes the files."""
        return self.url.startswith("spool:")

    @property
    def waiting_since(self) -> str:
        """A sentence if its oldest job is late: a printer that is switched off often gives no other sign.

        A file in a spool folder lies there until somebody takes it: nothing is late, and nothing to be switched on.
        """
        age = clock.now() - self.oldest_job_at if self.oldest_job_at else clock.NO_TIME
        if age < LATE:
            return ""
        minutes = int(age.total_seconds() // 60)
        if self.is_folder:
            return f"The oldest slip has been lying in the folder for {minutes} minutes."
        return f"A slip has been waiting for {minutes} minutes: is the printer switched on?"
