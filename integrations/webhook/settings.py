"""Which program of the shop's own is told about orders. `.env.example` explains each variable."""

from base64 import b64decode, b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

from integrations.http.address import web_address

LEAST = 24  # bytes: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md


def signing_secret(secret: str) -> None:
    """Raises ValueError unless every library reads the same bytes in it: base64 as RFC 4648 has it, and enough of it.

    The library here skips what is no base64 (in `v1,whsec_…`, in capitals), and would sign with other bytes.
    """
    text = secret.removeprefix("whsec_")
    with suppress(ValueError):
        key = b64decode(text, validate=True)
        if not secret or (len(key) >= LEAST and b64encode(key).decode() == text):
            return
    raise ValueError(
        f"it must be whsec_ (in small letters, nothing before it) and at least {LEAST} random bytes in base64, with its"
        " = at the end, without spaces and quotation marks: https://www.standardwebhooks.com"
    )


@dataclass(frozen=True, kw_only=True)
class WebhookSettings:
    """The variables SHOP_WEBHOOK_…, read by `shop.destinations`.

    `former_secret` signs as well while the receiver changes over to a new `secret`: it verifies one of the two.
    """

    url: Annotated[str, web_address]
    secret: Annotated[str, signing_secret] = field(repr=False)
    former_secret: Annotated[str, signing_secret] = field(default="", repr=False)

    @property
    def secrets(self) -> list[str]:
        """All that sign, the newest first."""
        return [secret for secret in (self.secret, self.former_secret) if secret]
