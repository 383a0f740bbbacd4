"""Which columns tell of a person. Each text column of an order and of what hangs on it is decided here."""

from orders.models.shipment import ERASED

# What an erased order has instead.
PERSONAL = {
    "customer_name": ERASED,
    "note": "",
    "email": "",
    "reference": "",  # The client's own number: it leads to the person in the client's books.
    "shipping_name": "",
    "shipping_phone": "",
    "shipping_line1": "",
    "shipping_line2": "",
    "shipping_postal_code": "",
    "shipping_city": "",
    "shipping_state": "",
    "request_id": "",  # The client may have chosen it, and it stands in logs beside the address.
    "traceparent": "",
    # A hash of what was sent: who guesses it all could prove it. A repeat of the same key is refused then, and orders
    # nothing a second time.
    "fingerprint": "",
}
# Of an order, and of nobody: it stays.
KEPT = {
    "number",
    "client",  # Whose key placed it: a shop front, not a person.
    "shipping_country",  # For taxes and figures; it tells of nobody.
    "status",
    "currency",
    "idempotency_key",  # A hash of the key. Without it a repeat would be a second order.
}
