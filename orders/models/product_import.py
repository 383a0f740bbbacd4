"""A file of products that somebody has uploaded: kept from the picture of what it changes until that is done."""

from django.db import models


class ProductImport(models.Model):
    """`content` is the file, until the import is done."""

    at = models.DateTimeField(help_text="By the database's clock.")
    by = models.CharField(max_length=150)
    name = models.CharField(max_length=200, help_text="The file's.")
    content = models.BinaryField(default=b"")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
