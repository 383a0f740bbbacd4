"""The JSON object that an order comes in, of bounded size, whichever way it came."""

import json
from codecs import BOM_UTF8
from collections import Counter
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from orders.errors import Unreadable

MAX_BODY = 1024 * 1024  # bytes
MOST_SHOWN = 80  # characters of a key
# Objects and lists of a body. Half a million of them fit into 1 MB, and Python's garbage collector would go through all
# of them again and again; an order has one for each line.
MOST_PARTS = 20_000
_MOST_WRITTEN = 400  # digits of a number with a point or an exponent


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`. Raises Unreadable with what is wrong and where."""
    if not body.removeprefix(BOM_UTF8).strip():
        raise Unreadable("The body is empty; a JSON object is expected.")
    if 0 in body[:4]:  # The first character of JSON is in ASCII, so that only these two have zeros there.
        raise Unreadable("The body is UTF-16 or UTF-32. Please send JSON in UTF-8.")
    if body.count(b"{") + body.count(b"[") > MOST_PARTS:
        raise Unreadable(f"The body has more than {MOST_PARTS} objects and lists, too many for an order.")
    try:
        # JSON is UTF-8 whatever the Content-Type claims (RFC 8259, 8.1); a byte order mark is forgiven.
        data = _DECODER.decode(body.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"The body is not JSON: {error.msg.lower().removesuffix(' at')} at {where}.") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"The body is not UTF-8 at byte {error.start}.") from error
    except (RecursionError, ValueError, InvalidOperation) as error:
        raise Unreadable("The body is not JSON we can read: nested too deeply, or a number too long.") from error
    if not isinstance(data, dict):
        raise Unreadable("A JSON object is expected, in curly brackets.")
    return data


def _refuse_constant(name: str) -> None:
    raise Unreadable(f"The body is not JSON: {name} is no JSON value.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Which of two values was meant, nobody knows; other readers may take the other one (RFC 8259, 4)."""
    found = dict(pairs)
    if len(found) < len(pairs):
        ((key, _),) = Counter(key for key, _ in pairs).most_common(1)
        shown = json.dumps(key[:MOST_SHOWN])
        at = max(place for place, (name, _) in enumerate(pairs, 1) if name == key)
        kept = f"The body has a key twice in one object: its field {at} was there before."
        raise Unreadable(f"The body has the key {shown} twice in one object.", kept)
    return found


@lru_cache(maxsize=1000)
def _number(text: str) -> Decimal:
    """A number with a point or an exponent, to the digit: an amount is compared exactly.

    Raises ValueError for one that no order has: its exponent would fill the memory of whoever calculates with it.
    """
    number = Decimal(text) if len(text) <= _MOST_WRITTEN else None
    if number is None or abs(number.adjusted()) > _MOST_WRITTEN:
        raise ValueError("a number too long")
    return number


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse_constant, parse_float=_number)
