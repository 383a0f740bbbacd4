"""Messages nobody could work on, kept for staff."""

from django.db import models


class DeadLetter(models.Model):
    """A message that was undecodable, unknown, over its delivery limit, or returned as unroutable."""

    queue = models.CharField(max_length=255, blank=True, help_text="Where it came from.")
    reason = models.CharField(max_length=500)
    task = models.CharField(max_length=255, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    content_type = models.CharField(max_length=255, blank=True)
    content_encoding = models.CharField(max_length=64, blank=True)
    body = models.BinaryField()
    arrived_at = models.DateTimeField(auto_now_add=True)
    sent_again_at = models.DateTimeField(null=True, blank=True)
    sent_again_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.task or 'message'} from {self.queue or 'unknown queue'}: {self.reason}"
