"""Which desk a database belongs to: the mark by which a copy is told from the original."""

from django.db import models


class Instance(models.Model):
    """The mark: a row that names the desk, as SHOP_INSTANCE does. No row: the desk has no name.

    The name is the key. So a dump that is loaded over a marked database leaves two marks, and that is nobody's.
    """

    name = models.CharField(primary_key=True, max_length=60)
    marked_at = models.DateTimeField(help_text="By the database's clock.")
    marked_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
