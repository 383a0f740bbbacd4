"""What the outside world answers is kept for staff, without secrets and without customers' names."""

import re
from collections.abc import Iterable

LONGEST = 4000  # characters: what an attempt keeps


def redact(text: str, private: Iterable[str]) -> str:
    """`text` with each of the private words replaced, cut to what an attempt keeps."""
    for word in sorted(filter(None, private), key=len, reverse=True):
        text = re.sub(re.escape(word), "[redacted]", text, flags=re.IGNORECASE)
    return text[:LONGEST]
