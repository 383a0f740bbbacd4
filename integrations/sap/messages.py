"""What SAP says beside a success: the header `sap-message` (V2: an object, or XML) or `sap-messages` (V4: a list).

An incomplete order or a delivery block is none of SAP's errors, yet nothing is delivered until somebody sees it.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import requests

from integrations.sap.markup import Markup
from integrations.sap.refusal import entries

HEADERS = ("sap-message", "sap-messages")


def warnings(response: requests.Response) -> list[str]:
    """What staff should know, each once; notes and successes are left out. Never raises."""
    said = (text for header in HEADERS for text in _said(response.headers.get(header, "")))
    return list(dict.fromkeys(said))


def _said(value: str) -> Iterator[str]:
    for code, text in entries(_tree(_decoded(value))):
        yield text or code


def _decoded(value: str) -> str:
    """HTTP's headers are read as Latin-1, whatever they were written in (RFC 9110, 5.5)."""
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")
    return unquote(value) if value.startswith("%") else value


def _tree(text: str) -> Any:
    """Several headers of one name arrive as one, with commas between them."""
    if text.lstrip().startswith("<"):
        return list(Markup(text).tree.values())
    for whole in (text, f"[{text}]"):
        with suppress(ValueError, RecursionError):
            return json.loads(whole)
    return text
