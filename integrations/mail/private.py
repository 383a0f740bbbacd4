"""What a mail server quotes of a customer is not kept: the address in whatever form, the name, the note."""

import re
from collections.abc import Iterable
from dataclasses import replace

from integrations.http.personal import REDACTED
from integrations.http.redaction import redact
from integrations.person import person_of
from orders.models import Order

WORD = re.compile(r"[^\s<>()\[\],;:\"]+")
AT = ("@", "%40", "&#64")


def without_customer(text: str, order: Order, secrets: Iterable[str] = ()) -> str:
    """`text` without what tells of the order's customer, and without the secrets."""
    local, _, domain = order.email.rpartition("@")
    text = WORD.sub(lambda word: REDACTED if _is_address(word[0], domain) else word[0], text)
    person = person_of(order)
    return redact(redact(text, secrets, person), [], replace(person, name=local))


def _is_address(word: str, domain: str) -> bool:
    """Also as a bounce address has it: bounce+helgi=example.com@relay.example.org, or cut off before its @."""
    return any(at in word for at in AT) or (bool(domain) and domain.casefold() in word.casefold())
