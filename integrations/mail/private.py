"""What a mail server quotes of a customer is not kept: the address in whatever form, the name, the note."""

import re
from collections.abc import Iterable

from integrations.http.personal import REDACTED, Person
from integrations.http.redaction import redact
from orders.models import Order

# Also as a bounce address has it: bounce+helgi=example.com@relay.example.org.
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+(?:@|=|%40|&#64;)[^\s<>()\[\],;:\"]+\.[^\s<>()\[\],;:\"]+", re.IGNORECASE)


def without_customer(text: str, order: Order, secrets: Iterable[str] = ()) -> str:
    """`text` without what tells of the order's customer, and without the secrets."""
    local = order.email.rpartition("@")[0]
    text = redact(ADDRESS.sub(REDACTED, text), [*secrets, order.email], Person(order.customer_name, order.note))
    text = redact(text, [], Person(local))
    return redact(text, [], Person(order.shipping_name))
