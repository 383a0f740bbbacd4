"""Which program of the shop's own is told about orders. `.env.example` explains each variable."""

import base64
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated

from integrations.http.address import web_address


def signing_secret(secret: str) -> None:
    with suppress(ValueError):
        if not secret or len(base64.b64decode(secret.removeprefix("whsec_") + "==")) >= 24:
            return
    raise ValueError("it must be whsec_ and at least 24 random bytes in base64: https://www.standardwebhooks.com")


@dataclass(frozen=True, kw_only=True)
class WebhookSettings:
    """The variables SHOP_WEBHOOK_…, read by `shop.destinations`."""

    url: Annotated[str, web_address]
    secret: Annotated[str, signing_secret] = field(repr=False)
