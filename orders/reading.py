"""Reads a JSON object field by field: all that is wrong with it at once, and where. Fields nobody knows are refused."""

from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

from orders.fault import Fault, Refused, shown
from orders.request import MAX_MESSAGES

# Makes of a value what is saved, or raises Refused.
Reader = Callable[[Any], Any]
_NEAR = 0.6  # of 1: difflib's own bound
# What other shops' APIs call our fields, where the names are not alike: the first that there is here.
_ALSO_CALLED = {
    "zip": ["postal_code"], "zipcode": ["postal_code"], "plz": ["postal_code"], "street": ["line1"], "town": ["city"],
    "address1": ["line1"], "address2": ["line2"], "province": ["state"], "region": ["state"], "items": ["lines"],
    "line_items": ["lines"], "qty": ["quantity"], "count": ["quantity"], "amount": ["quantity", "total"],
    "id": ["product_id"], "comment": ["note"], "message": ["note"], "mail": ["email"], "tel": ["phone"],
    "name": ["customer_name"], "customer": ["customer_name"], "price": ["total"], "currency_code": ["currency"],
}  # fmt: skip


def read_object(
    value: Any, readers: Mapping[str, Reader], required: Mapping[str, Fault] | None = None
) -> dict[str, Any]:
    """What the object's fields are, by name. Raises Refused with all that is wrong, by field."""
    check_object(value)
    read, found = read_fields(value, readers)
    for name, fault in (required or {}).items():
        if name not in value:
            found[name] = [fault]
    if found:
        raise Refused(found)
    return read


def check_object(value: Any) -> None:
    """Raises Refused unless it is an object."""
    if value is None:
        raise Refused(Fault("Please send an object, not null.", "null"))
    if not isinstance(value, dict):
        raise Refused(Fault("Please send an object, in curly brackets.", "wrong_type"))


def read_fields(
    given: Mapping[str, Any], readers: Mapping[str, Reader], elsewhere: Collection[str] = ()
) -> tuple[dict[str, Any], dict[Any, Any]]:
    """What could be read of the fields, and what is wrong with the others. `elsewhere`: see `unknown_fields`."""
    read, found = {}, {}
    for name, reader in readers.items():
        if name in given:
            try:
                read[name] = reader(given[name])
            except Refused as refused:
                found[name] = refused.found
    return read, found | unknown_fields(given, readers, elsewhere)


def unknown_fields(
    given: Iterable[str], known: Collection[str], elsewhere: Collection[str] = ()
) -> dict[str, list[Fault]]:
    """A message for each name that is not known, MAX_MESSAGES at most.

    A mistyped `adress` must not become a parcel without one. The nearest name that is known is told; `elsewhere` are
    such that belong to another object, with dots between the names on the way there.
    """
    unknown = islice(((place, name) for place, name in enumerate(given, 1) if name not in known), MAX_MESSAGES)
    return {shown(name): [_unknown(shown(name), place, known, elsewhere)] for place, name in unknown}


def _unknown(name: str, place: int, known: Collection[str], elsewhere: Collection[str]) -> Fault:
    last = {path.rpartition(".")[2]: path for path in elsewhere}
    called = _ALSO_CALLED.get(name.lower(), ())
    alike = [one for one in called if one in known] or [one for one in called if one in last]
    alike = alike or get_close_matches(name, known, 1, _NEAR) or get_close_matches(name, last, 1, _NEAR)
    near = next((one if one in known else last[one] for one in alike), "")
    hint = f" Did you mean {near}?" if near else ""
    return Fault(f"There is no field “{name}” here.{hint}", "unknown_field", field=place, near=near)


def require(given: Mapping[str, Any], paths: Iterable[str], found: dict[Any, Any]) -> None:
    """Adds to `found` a message for each field that is missing; a path has dots between its names."""
    for path in paths:
        if missing := _missing(given, path.split(".")):
            _add(found, missing, Fault(f"Please add {missing[-1]}: this shop needs it.", "required"))


def _missing(given: Any, path: list[str]) -> list[str]:
    """The way to the first name on the path that is not there; empty if all are, or something else is there."""
    for count, name in enumerate(path, start=1):
        if not isinstance(given, dict):
            return []  # That was told already.
        if name not in given:
            return path[:count]
        given = given[name]
    return []


def _add(found: dict[Any, Any], path: list[str], fault: Fault) -> None:
    for name in path[:-1]:
        found = found.setdefault(name, {})
    found.setdefault(path[-1], [fault])
