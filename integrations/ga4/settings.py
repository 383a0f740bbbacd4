"""Which property of Google Analytics 4 gets the purchases. `.env.example` explains each variable."""

import re
from dataclasses import dataclass, field
from typing import Annotated

from integrations.http.address import web_address
from integrations.keys import copied


def measurement_id(value: str) -> None:
    """Raises ValueError for another id of Google's: a stream's, a property's, Universal Analytics'."""
    if value and not re.fullmatch(r"G-[A-Z0-9]+", value):
        raise ValueError("a measurement id is G- and capital letters or digits, for example G-A1B2C3D4E5.")


@dataclass(frozen=True, kw_only=True)
class GA4Settings:
    """The variables SHOP_GA4_…, read by `shop.destinations`."""

    url: Annotated[str, web_address] = "https://www.google-analytics.com"
    measurement_id: Annotated[str, measurement_id]
    api_secret: Annotated[str, copied] = field(repr=False)
