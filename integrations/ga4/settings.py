"""Which property of Google Analytics 4 gets the purchases. `.env.example` explains each variable."""

from dataclasses import dataclass, field
from typing import Annotated

from integrations.http.address import web_address


@dataclass(frozen=True, kw_only=True)
class GA4Settings:
    """The variables SHOP_GA4_…, read by `shop.destinations`."""

    url: Annotated[str, web_address] = "https://www.google-analytics.com"
    measurement_id: str
    api_secret: str = field(repr=False)
