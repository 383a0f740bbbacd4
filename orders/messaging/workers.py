"""Which workers there are: a row each, which its own pool renews every few seconds."""

from django.db import models


class Worker(models.Model):
    """A `celery -A shop worker`. That `seen_at` is young proves its loop, its pool and the database at once."""

    name = models.CharField(primary_key=True, max_length=255, help_text="As Celery names it: worker@host.")
    host = models.CharField(max_length=255)
    queues = models.JSONField(default=list, help_text="The names of the queues it serves.")
    processes = models.PositiveIntegerField(default=0, help_text="Of its pool.")
    version = models.CharField(max_length=32, blank=True, help_text="The desk's.")
    started_at = models.DateTimeField(help_text="By the database's clock.")
    seen_at = models.DateTimeField(help_text="By the database's clock.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
