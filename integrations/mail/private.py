"""What a mail server quotes of a customer is not kept: the address in whatever form, the name, the note."""

import re
from collections.abc import Iterable

from integrations.http.personal import REDACTED, Person
from integrations.http.redaction import redact
from orders.models import Order

WORD = re.compile(r"[^\s<>()\[\],;:\"]+")
AT = ("@", "%40", "&#64")


def without_customer(text: str, order: Order, secrets: Iterable[str] = ()) -> str:
    """`text` without what tells of the order's customer, and without the secrets."""
    local, _, domain = order.email.rpartition("@")
    text = WORD.sub(lambda word: REDACTED if _is_address(word[0], domain) else word[0], text)
    text = redact(text, secrets, Person(order.customer_name, order.note))
    for name in {local, order.shipping_name}:
        text = redact(text, [], Person(name))
    return text


def _is_address(word: str, domain: str) -> bool:
    """Also as a bounce address has it: bounce+helgi=example.com@relay.example.org, or cut off before its @."""
    return any(at in word for at in AT) or (bool(domain) and domain.casefold() in word.casefold())
