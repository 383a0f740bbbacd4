"""The header Idempotency-Key: a client that got no answer sends the same request again, and gets the first answer.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import hashlib
import json
import re
from typing import Any

from orders.api.problems import BadKey

_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")


def read_key(header: str) -> str:
    """The key as it is stored, hashed: clients may put anything into it. Raises BadKey."""
    if not _VISIBLE.fullmatch(header):
        raise BadKey
    return hashlib.sha256(header.encode()).hexdigest()


def fingerprint(body: Any) -> str:
    """The same for bodies that are the same JSON, whatever their spaces and the sequence of their fields."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
