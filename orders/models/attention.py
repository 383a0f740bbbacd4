"""What operators were told of: a row a cause, and a row for each message to each of them."""

from django.db import models


class Attention(models.Model):
    """A cause that needs somebody, for as long as it lasts and a while after. All times are the database's.

    One that went away and came back soon is the same cause: see `shop.staff.attention.causes`.
    """

    cause = models.CharField(max_length=200, unique=True)
    sentence = models.CharField(max_length=500)
    count = models.PositiveIntegerField(default=1)
    url = models.CharField(max_length=300, blank=True)
    first_seen = models.DateTimeField(help_text="When it began, this time.")
    last_seen = models.DateTimeField()
    last_told = models.DateTimeField(null=True, help_text="Empty: nobody was told of it yet, this time.")
    gone_at = models.DateTimeField(null=True, help_text="Empty while it lasts.")
    mended_at = models.DateTimeField(null=True, help_text="When it was called mended.")
    returns = models.PositiveIntegerField(default=0, help_text="How often it came back soon after it was mended.")

    class Meta:
        verbose_name_plural = "attention"

    def __str__(self) -> str:
        return self.sentence


class Notice(models.Model):
    """A message to one address. It is sent from this row, and stays the same row until it is sent.

    `to` is a mail address, or "webhook".
    """

    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    message = models.JSONField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="It is not tried before: a try that failed, or one that runs.")
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True, help_text="The last try's.")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["sent_at", "due_at"], name="notice_open")]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"
