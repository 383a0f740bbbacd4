"""Which Matomo and which site of it gets the purchases. `.env.example` explains each variable."""

from dataclasses import dataclass, field
from typing import Annotated

from integrations.http.address import web_address
from integrations.keys import copied


@dataclass(frozen=True, kw_only=True)
class MatomoSettings:
    """The variables SHOP_MATOMO_…, read by `shop.destinations`."""

    url: Annotated[str, web_address]
    site_id: Annotated[str, copied]
    token: Annotated[str, copied] = field(default="", repr=False)
