"""Which Segment, RudderStack or compatible service gets the purchases. `.env.example` explains each variable."""

from dataclasses import dataclass, field
from typing import Annotated

from integrations.http.address import web_address
from integrations.keys import copied


@dataclass(frozen=True, kw_only=True)
class SegmentSettings:
    """The variables SHOP_MARKETING_…, read by `shop.destinations`."""

    url: Annotated[str, web_address]
    write_key: Annotated[str, copied] = field(repr=False)
