"""A mail address as SMTP takes it (RFC 5321, 4.1.2). Rows may be older than the checks at the door. Pure."""

import re
from dataclasses import dataclass

from orders.contact import LONGEST, LONGEST_LOCAL, ascii_domain

# RFC 5322's atom, and with it every character beyond ASCII that can be seen: RFC 6531, 3.3.
ATOM = r"(?:[\w!#$%&'*+/=?^`{|}~-]|[^\x00-\x7f])+"
LOCAL = re.compile(rf"{ATOM}(?:\.{ATOM})*")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})*")


class Malformed(ValueError):
    """No mail server takes such an address."""


@dataclass(frozen=True)
class MailAddress:
    """`domain` is in ASCII whatever it is written in; `local` may need SMTPUTF8."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def needs_utf8(self) -> bool:
        return not self.local.isascii()


def read_address(text: str) -> MailAddress:
    """Raises Malformed. Nothing that it lets through can end a line of SMTP, or a header."""
    local, at, domain = text.rpartition("@")
    if not (at and LOCAL.fullmatch(local) and local.isprintable() and len(local.encode()) <= LONGEST_LOCAL):
        raise Malformed
    try:
        found = MailAddress(local, ascii_domain(domain).lower())
    except UnicodeError:
        raise Malformed from None
    if not DOMAIN.fullmatch(found.domain) or len(str(found).encode()) > LONGEST:
        raise Malformed
    return found
