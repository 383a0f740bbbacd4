"""Idempotency keys: a program that got no answer sends the same order again, and gets the first answer.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import hashlib
import json
import re
from typing import Any

from orders.errors import BadKey

_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")


def of_header(header: str) -> str:
    """The key of an HTTP request as it is stored, hashed: clients may put anything into it. Raises BadKey."""
    if not _VISIBLE.fullmatch(header):
        raise BadKey
    return _hashed(header)


def of_message(user: str, message_id: str) -> str:
    """The key of an AMQP message of this user as it is stored. Raises BadKey.

    No header and no other user's message has the same: the line breaks are visible in none of them.
    """
    if not _VISIBLE.fullmatch(message_id):
        raise BadKey("A message_id")
    return _hashed(f"orders.intake\n{user}\n{message_id}")


def fingerprint(body: Any) -> str:
    """The same for bodies that are the same JSON, whatever their spaces and the sequence of their fields.

    (`default`: numbers with a point come as decimals, and have the fingerprint they had when they were floats.)
    """
    return _hashed(json.dumps(body, sort_keys=True, separators=(",", ":"), default=float))


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
