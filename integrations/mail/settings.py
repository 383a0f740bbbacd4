"""By which mail server customers are written to, and as whom. `.env.example` explains each variable."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from django.core.exceptions import ImproperlyConfigured

from integrations.mail.address import Malformed, read_address

SECURITY = ("starttls", "tls", "none")
NO_HOST = "it is a name like smtp.example.com, without port and without smtp:// before it."
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def mail_address(address: str) -> None:
    if not address:
        return
    try:
        if read_address(address).needs_utf8:
            raise Malformed
    except Malformed:
        raise ValueError("it must be a bare address like orders@example.com.") from None


def host_name(host: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9._-]*|[0-9A-Fa-f.]*(?::[0-9A-Fa-f.]*){2,}", host):
        raise ValueError(NO_HOST)
    try:
        host.encode("idna")  # A part of more than 63 letters, or of none, is in no network's names.
    except UnicodeError:
        raise ValueError(NO_HOST) from None


def port_number(port: int) -> None:
    if not 0 < port < 65_536:
        raise ValueError("a port is a number from 1 to 65535.")


def known_security(security: str) -> None:
    if security not in SECURITY:
        raise ValueError(f"it is one of {', '.join(SECURITY)}.")


def printable(text: str) -> None:
    if not text.isprintable():
        raise ValueError("it has a character that can't be seen.")


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """The variables SHOP_MAIL_…, read by `shop.destinations`."""

    host: Annotated[str, host_name]
    port: Annotated[int, port_number] = 587
    security: Annotated[str, known_security] = "starttls"
    unencrypted: bool = False
    ca_file: Path | None = None
    user: Annotated[str, printable] = ""
    password: str = field(default="", repr=False)
    sender: Annotated[str, mail_address]
    reply_to: Annotated[str, mail_address] = ""

    def __post_init__(self) -> None:
        """Raises ImproperlyConfigured if customers' addresses would cross a network where everybody can read them."""
        if self.security == "none" and self.host not in THIS_MACHINE and not self.unencrypted:
            raise ImproperlyConfigured(
                "SHOP_MAIL_SECURITY=none sends customers' addresses so that everybody on the way can read them. It is "
                f"for a mail server on this machine; where {self.host or 'the server'} is reached by a network of your "
                "own, say so: SHOP_MAIL_UNENCRYPTED=true."
            )

    @property
    def also_needed(self) -> tuple[str, ...]:
        return ("password",) if self.user else ()

    @property
    def domain(self) -> str:
        """Whose mail it is, as the server is told."""
        return read_address(self.sender).domain
