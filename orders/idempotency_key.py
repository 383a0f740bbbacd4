"""Idempotency keys: a program that got no answer sends the same order again, and gets the first answer.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import hashlib
import json
import re
from typing import Any

from orders.errors import HEADER, BadKey, GuessableKey

LONGEST = 255  # characters of a key
_VISIBLE = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")
# A String of structured fields, as the draft has it: https://www.rfc-editor.org/rfc/rfc9651#section-3.3.3
_QUOTED = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_ESCAPED = re.compile(r'\\(["\\])')
_UUID = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}", re.IGNORECASE)


def of_header(header: str, client: str = "") -> str:
    """The key of an HTTP request of this client ("": a guest) as it is stored, hashed: it may say anything.

    Keys of two clients never meet. Guests share theirs, so a guest's must be one that nobody guesses.
    Raises BadKey, and GuessableKey for a guest's that is no UUID.
    """
    key = read(header)
    if client:
        return _hashed(f"orders.api\n{client}\n{key}")
    if not _is_uuid(key):
        raise GuessableKey
    return _hashed(key)


def read(header: str) -> str:
    """What the header says: `"abc"`, the draft's way, and `abc` are the same key. Raises BadKey.

    Of two headers the web server makes one, with a comma between them. So a comma stands in quotation marks or nowhere.
    """
    if quoted := _QUOTED.fullmatch(header):
        key = _ESCAPED.sub(r"\1", quoted[1])
        if 1 <= len(key) <= LONGEST:
            return key
    elif "," in header:
        raise BadKey(f"One {HEADER}, with a comma in quotation marks or none,")
    elif _VISIBLE.fullmatch(header) and not header.startswith('"'):
        return header
    raise BadKey


def _is_uuid(key: str) -> bool:
    """A UUID in hexadecimal digits, of any version, but not the one of zeros or of Fs: everybody knows those."""
    return bool(_UUID.fullmatch(key)) and len(set(key.replace("-", "").lower())) > 1


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
