"""Who bought, without a name: the same customer gives the same pseudonym, and nobody else can compute it."""

from django.utils.crypto import salted_hmac

from orders.models import Order


def pseudonym(order: Order) -> str:
    """32 hex digits from the customer's name, keyed with the shop's secret. A new SHOP_SECRET_KEY makes new ones."""
    name = same_name(order.customer_name)
    return salted_hmac("integrations.pseudonym", name, algorithm="sha256").hexdigest()[:32]


def same_name(name: str) -> str:
    """A customer's name as it is compared: without regard to case and spaces."""
    return " ".join(name.casefold().split())
