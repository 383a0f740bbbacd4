"""A client's key to the API."""

from django.db import models
from django.db.models import Q

from orders.request import code_fault


class Scope(models.TextChoices):
    """What a key may be used for."""

    WRITE = "orders:write", "place orders"
    READ = "orders:read", "see its own orders"
    CANCEL = "orders:cancel", "cancel its own orders"
    PRODUCTS = "products:read", "see the products"


class ApiKey(models.Model):
    """`desk_<prefix>_<secret>`: the prefix finds the row, and of the secret only a hash is kept.

    `client` is whose it is; orders keep that name. A client may have several, so that one takes another's place.
    `scopes` are values of Scope with spaces between them. Times are the database's; a key without `expires_at` lasts.
    """

    client = models.CharField(max_length=150, help_text="Whose key it is. Its orders keep this name.")
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.CharField(max_length=100)
    created_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: it lasts until it is revoked.")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="To the minute.")

    class Meta:
        ordering = ["-id"]
        verbose_name = "API key"
        constraints = [
            models.CheckConstraint(condition=~Q(client="") & ~Q(scopes=""), name="api_key_has_client_and_scopes"),
        ]

    def __str__(self) -> str:
        return f"{self.client} (desk_{self.prefix}_…)"

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes.split()


def client_fault(name: str) -> str:
    """What is wrong with a client's name, in a sentence; "" if nothing."""
    if not name:
        return "Please say whose key it is."
    return "The name has more than 150 characters." if len(name) > 150 else code_fault(name)
