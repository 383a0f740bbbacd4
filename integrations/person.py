"""What an order says about a person, for those who keep what a remote answers."""

from integrations.http.personal import Person
from orders.models import Order


def person_of(order: Order) -> Person:
    """Whoever ordered, and whoever gets the parcel. A remote may quote it; nothing that is kept or logged does.

    The country and the state are left out: they tell of nobody.
    """
    return Person(
        name=order.customer_name,
        note=order.note,
        recipient=order.shipping_name,
        email=order.email,
        phone=order.shipping_phone,
        street=order.shipping_line1,
        street_2=order.shipping_line2,
        postal_code=order.shipping_postal_code,
        city=order.shipping_city,
        reference=order.reference,
    )
