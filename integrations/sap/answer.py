"""What SAP's answers of success prove: rows of a look-up, the number of a new sales order.

OData V2 in JSON (`{"d": {"results": […]}}`, `{"d": {…}}`), V4 (`{"value": […]}`, `{…}`), and Atom, which comes when a
proxy drops our Accept header. Nothing is guessed: what is cut off, or has no known form, raises ValueError.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import requests

from integrations.http.body import json_of, text_of
from integrations.http.page import looks_like_a_page
from integrations.sap.markup import Markup
from integrations.sap.refusal import pick

# A document number has 10 characters (data element VBELN_VA), digits unless its number range is external; a few more
# do no harm.
NUMBER = re.compile(r"(?=.*[1-9A-Za-z])[0-9A-Za-z][0-9A-Za-z_./-]{0,19}")
NO_NUMBER = {"none", "null", "nil", "undefined", "nan", "true", "false"}
# A sales order's own address: A_SalesOrder('4711'), A_SalesOrder(SalesOrder='4711').
ADDRESS = re.compile(r"(?:^|/)(?:A_)?SalesOrder\((?:SalesOrder=)?'([^']*)'(?:,[^()]*)?\)/?(?:[?#]|$)", re.IGNORECASE)
ADDRESSES = ("Location", "Content-Location", "OData-EntityId")  # RFC 9110, 10.2.2; OData V4, 8.3.4


def rows(response: requests.Response, *, key: str, whole: bool = False) -> list[dict[str, Any]]:
    """The rows of a look-up, each with its `key`; an empty list only if the answer itself is an empty list.

    Raises ValueError for anything else: also for an empty page that others follow and, if it is to be the `whole`, for
    any page that others follow.
    """
    found = _rows(tree := _complete_tree(response))
    if found is None or not all(isinstance(row, dict) for row in found):
        raise ValueError("It has no rows.")
    if _goes_on(tree) and (whole or not found):
        raise ValueError("It is not all.")
    return [row | {key: number(pick(row, key.lower()))} for row in found]


def created_number(response: requests.Response, reference: str) -> str:
    """The number of the sales order that was created, from the body or the address of what is new."""
    if looks_like_a_page(response):
        raise ValueError("It is a page.")
    entity = _created(response)
    if not is_for(entity, reference):
        raise ValueError("It is another order's.")
    for found in _numbers_of(entity):
        return found
    for header in ADDRESSES:
        if found := number_in(response.headers.get(header, "")):
            return found
    raise ValueError("It names no sales order.")


def changed(response: requests.Response) -> bool:
    """Whether the answer to a change proves it: nothing more to say (204), or the changed entity."""
    if response.status_code == 204:
        return True
    with suppress(ValueError):
        return not looks_like_a_page(response) and bool(_rows(_complete_tree(response)))
    return False


def is_for(row: Any, reference: str) -> bool:
    """False for a sales order that says it was made for another order."""
    said = pick(row, "purchaseorderbycustomer")
    return said is None or not reference or str(said).strip().upper() == reference.upper()


def is_nobodys(row: dict[str, Any]) -> bool:
    """Whether a sales order says that it was made for none of our orders: with null."""
    return any(value is None for name, value in row.items() if name.lower() == "purchaseorderbycustomer")


def number(value: Any) -> str:
    """A sales order's number, that comes as text or as a number. Raises ValueError for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("It is no number of a sales order.")
    if isinstance(value, float):
        value = int(value) if value.is_integer() else ""
    text = str(value).strip()
    if not NUMBER.fullmatch(text) or text.lower() in NO_NUMBER:
        raise ValueError("It is no number of a sales order.")
    return text


def number_in(address: str) -> str:
    """The number in a sales order's address, or ""."""
    if match := ADDRESS.search(unquote(address).strip()):
        with suppress(ValueError):
            return number(match[1])
    return ""


def text(row: dict[str, Any], name: str) -> str:
    """A property as text; "" if it is missing or null."""
    value = pick(row, name.lower())
    return "" if value is None else str(value).strip()


def etag(row: dict[str, Any]) -> str:
    """A row's ETag, or "*" if it has none."""
    found = pick(pick(row, "__metadata"), "etag") or pick(row, "@odata.etag") or pick(row, "@etag")
    return found if isinstance(found, str) else "*"


def _created(response: requests.Response) -> Any:
    """The one entity in the body, or None."""
    with suppress(ValueError):
        [entity] = _rows(_complete_tree(response)) or []
        return entity
    return None


def _complete_tree(response: requests.Response) -> Any:
    body = text_of(response).lstrip()
    if not body.startswith("<"):
        return json_of(response)
    markup = Markup(body)
    if not markup.complete:
        raise ValueError("It was cut off.")
    return markup.tree


def _rows(tree: Any) -> list[Any] | None:
    """The rows, however they are wrapped; None if nothing here says that there are any, or none."""
    if isinstance(tree, dict) and "feed" in tree:
        entries = pick(tree["feed"], "entry") or []
        return [_properties(entry) for entry in (entries if isinstance(entries, list) else [entries])]
    if isinstance(tree, dict) and "entry" in tree:
        return [_properties(tree["entry"])]
    data = tree.get("d", tree) if isinstance(tree, dict) else None
    for name in ("results", "value"):
        if isinstance(data, dict) and name in data:
            data = data[name]
            break
    if isinstance(data, dict):
        return [data] if "salesorder" in (key.lower() for key in data) else None
    return data if isinstance(data, list) else None


def _goes_on(tree: Any) -> bool:
    """Whether the server has further pages (OData V2: JSON format, 4.4; V4: JSON format, 4.5.5)."""
    data = tree.get("d", tree) if isinstance(tree, dict) else None
    return any(pick(place, name) for place in (tree, data) for name in ("__next", "@odata.nextlink", "@nextlink"))


def _properties(entry: Any) -> dict[str, Any]:
    """An Atom entry's properties; its own address and ETag with them."""
    found = pick(pick(entry, "content"), "properties") or pick(entry, "properties")
    return {**(found if isinstance(found, dict) else {}), "@id": pick(entry, "id"), "@etag": pick(entry, "@etag")}


def _numbers_of(entity: Any) -> Iterator[str]:
    with suppress(ValueError):
        yield number(pick(entity, "salesorder"))
    metadata = pick(entity, "__metadata")
    for address in (pick(metadata, "uri"), pick(metadata, "id"), pick(entity, "@odata.id"), pick(entity, "@id")):
        if isinstance(address, str) and (found := number_in(address)):
            yield found
