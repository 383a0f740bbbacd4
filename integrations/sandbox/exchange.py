"""A request as a stand-in sees it, and its answer."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    method: str
    target: str  # Path and query as sent.
    headers: Message
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def basic(self) -> tuple[str, str]:
        """User and password, or two empty strings."""
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(token).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return (user, password) if kind.lower() == "basic" else ("", "")

    def json(self) -> Any:
        """The body as JSON; raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(status: int, data: Any, **headers: str) -> Reply:
    return Reply(status, json.dumps(data, ensure_ascii=False).encode(), {"Content-Type": "application/json", **headers})


# What arrived stands in the pages: they show and run the sandbox's own files alone.
POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'"
PAGE = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def page_reply(status: int, html: str, **headers: str) -> Reply:
    return Reply(status, html.encode(), {"Content-Type": "text/html; charset=utf-8", **PAGE, **headers})


def file_reply(kind: str, text: str) -> Reply:
    """What a page brings along."""
    return Reply(200, text.encode(), {"Content-Type": kind, "X-Content-Type-Options": "nosniff"})
