"""Whose orders: one by its number, or all with an e-mail."""

from django.db.models import QuerySet

from orders.contact import tidy_email
from orders.models import Order
from orders.numbers import read_typed
from orders.request import tidy


class Nobody(Exception):
    """There is no such order; a sentence."""


def orders(number: str = "", email: str = "") -> QuerySet[Order]:
    """`email` is `as_saved`. Raises Nobody."""
    if number:
        known = read_typed(number)
        found = Order.objects.filter(number=known) if known else Order.objects.none()
        said = f"There is no order {number}."
    else:
        found = Order.objects.filter(email__iexact=email).exclude(email="")
        said = "There is no order with this e-mail."
    if not found.exists():
        raise Nobody(said)
    return found.order_by("pk")


def as_saved(email: str) -> str:
    """As it would stand in an order's row."""
    return tidy_email(tidy(email))
