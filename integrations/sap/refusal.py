"""What SAP said when it refused: its error format in every shape that is seen, read as far as it is readable.

OData V2: `{"error": {"code", "message": {"lang", "value"} or "…", "innererror": {"transactionid", "errordetails":
[{"code", "message", "severity"}]}}}`, V4: `{"error": {"code", "message", "details": [{"code", "message",
"@Common.numericSeverity"}]}}`, and either in XML. SAP's staff search by `transactionid`, so it is kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import requests

from integrations.http.body import json_of, text_of
from integrations.http.page import looks_like_a_page, page_title
from integrations.http.words import whole_words
from integrations.sap.markup import Markup
from integrations.sap.torn import read_torn

ENVELOPES = ("error", "odata.error", "errors", "fault")
CODES = ("code", "errorcode")
MESSAGES = ("message", "error_description", "faultstring", "description", "title", "reason")
BELOW = ("innererror", "errordetails", "errordetail", "details", "detail")
NO_FAULT = {"info", "information", "success", "i", "s"}  # severities
DEEPEST, MOST = 8, 50  # levels, entries


@dataclass(frozen=True)
class Refusal:
    """What SAP said. `codes` are all its message codes, the first the main one; `messages` likewise."""

    codes: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    transaction: str = ""

    def __str__(self) -> str:
        return " · ".join([*self.messages, *([f"transaction {self.transaction}"] if self.transaction else [])])

    def told(self, kept: Callable[[str], str]) -> "Refusal":
        """The same, of each message what may be `kept`."""
        return replace(self, messages=tuple(kept(said) for said in self.messages), transaction=kept(self.transaction))


def read_refusal(response: requests.Response) -> Refusal:
    """The error in a response, however it is wrapped; an HTML page's title; else the text as it is. Never raises."""
    text = text_of(response)
    if looks_like_a_page(response):
        return Refusal(messages=(page_title(text),))
    tree = tree_of(response)
    refusal = _read(tree if (wrapped := envelope(tree)) is None else wrapped)
    if refusal.messages or any(refusal.codes):
        return refusal
    return Refusal(messages=(whole_words(" ".join(text.split()), 300),) if text.strip() else ())


def tree_of(response: requests.Response) -> Any:
    """The body as dicts and lists, as much of it as is well-formed; None if it is neither JSON nor XML."""
    text = text_of(response).lstrip()
    if text.startswith("<"):
        return Markup(text).tree
    try:
        return json_of(response)
    except ValueError:
        return read_torn(text) if text.startswith(("{", "[")) else None


def envelope(tree: Any) -> Any:
    """What an answer wraps its error in, or None if it has no error."""
    for place in (tree, pick(tree, "d"), *(tree if isinstance(tree, list) else [])[:MOST]):
        for name in ENVELOPES:
            if (found := pick(place, name)) is not None:
                return found
    return None


def pick(value: Any, name: str) -> Any:
    """A property of an object, in any case; None if it is no object or has none."""
    if not isinstance(value, dict):
        return None
    return value[name] if name in value else next((value[key] for key in value if key.lower() == name), None)


def _read(error: Any) -> Refusal:
    found = list(islice(entries(error), MOST))
    return Refusal(
        codes=tuple(dict.fromkeys(code for code, _ in found)),
        messages=tuple(dict.fromkeys(said for _, said in found if said)),
        transaction=_transaction(error),
    )


def entries(value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Each code with its message, the main one first. What has no known form is left out, and nothing else with it."""
    if depth > DEEPEST:
        return
    if isinstance(value, str) and value.strip():
        yield "", message_text(value)
    elif isinstance(value, list):
        for one in value[:MOST]:
            yield from entries(one, depth + 1)
    elif isinstance(value, dict):
        entry = whole_words(_first(value, CODES), 64), _first(value, MESSAGES)
        if any(entry) and not harmless(value):
            yield entry
        for name in BELOW:
            yield from entries(pick(value, name), depth + 1)


def harmless(entry: dict[str, Any]) -> bool:
    """True for a note or a success among the errors: `severity` in words (V2), `numericSeverity` 1 or 2 (V4)."""
    number = next((value for key, value in entry.items() if key.lower().endswith("numericseverity")), None)
    return str(number) in ("1", "2") or str(pick(entry, "severity")).strip().lower() in NO_FAULT


def _first(value: dict[str, Any], names: tuple[str, ...]) -> str:
    return next(filter(None, (message_text(pick(value, name)) for name in names)), "")


def message_text(message: Any) -> str:
    """A message comes as an object with `value`, as a plain string, or as a list of either."""
    for _ in range(DEEPEST):
        if isinstance(message, list):
            message = next(filter(None, message), None)
        elif isinstance(message, dict):
            message = next((found for name in ("value", "content") if (found := pick(message, name))), None)
    if isinstance(message, bool) or not isinstance(message, str | int | float):
        return ""
    return " ".join(str(message).split())


def _transaction(value: Any, depth: int = 0) -> str:
    if isinstance(value, dict) and depth < DEEPEST:
        for key, below in value.items():
            found = message_text(below) if key.lower().endswith("transactionid") else _transaction(below, depth + 1)
            if found:
                return whole_words(found, 64)
    return ""
