"""Whose orders: one by its number, or all with an e-mail."""

from django.db.models import QuerySet

from orders.models import Order
from orders.numbers import read_number


class Nobody(Exception):
    """There is no such order; a sentence."""


def orders(number: str = "", email: str = "") -> QuerySet[Order]:
    """Raises Nobody."""
    if number:
        known = read_number(number)
        found = Order.objects.filter(number=known) if known else Order.objects.none()
        said = f"There is no order {number}."
    else:
        found = Order.objects.filter(email__iexact=email.strip()).exclude(email="")
        said = "There is no order with this e-mail."
    if not found.exists():
        raise Nobody(said)
    return found.order_by("pk")
