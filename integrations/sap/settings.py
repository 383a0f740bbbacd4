"""Which SAP, which client, and how this shop's orders are to look there. `.env.example` explains each variable."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from integrations.http.address import web_address


def three_digits(client: str) -> None:
    if client and not (len(client) == 3 and client.isdecimal()):
        raise ValueError("a client of SAP has three digits, e.g. 100.")


def at_most(length: int) -> Callable[[str], None]:
    """The length of the service's own property, as its $metadata says."""

    def check(text: str) -> None:
        if len(text) > length:
            raise ValueError(f"SAP takes at most {length} characters here.")

    return check


def two_characters(function: str) -> None:
    if len(function) != 2:
        raise ValueError("a partner function of SAP has two characters, e.g. SH.")


@dataclass(frozen=True, kw_only=True)
class SapSettings:
    """The variables SHOP_SAP_…, read by `shop.destinations`."""

    url: Annotated[str, web_address]
    client: Annotated[str, three_digits] = ""
    oauth_token_url: Annotated[str, web_address] = ""
    oauth_client_id: str = ""
    oauth_client_secret: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    order_type: Annotated[str, at_most(4)] = "OR"
    sales_organization: Annotated[str, at_most(4)]
    distribution_channel: Annotated[str, at_most(2)]
    division: Annotated[str, at_most(2)]
    sold_to: Annotated[str, at_most(10)]
    partner_function: Annotated[str, two_characters] = "SH"
    unit: Annotated[str, at_most(3)] = "PC"
    price_condition: Annotated[str, at_most(4)] = "PPR0"
    text_id: Annotated[str, at_most(4)] = "TX01"
    text_language: Annotated[str, at_most(2)] = "EN"
    rejection_reason: Annotated[str, at_most(2)] = ""
    request_limit: timedelta = timedelta(minutes=10)
    temporary_codes: frozenset[str] = frozenset({"V1/042"})

    @property
    def service(self) -> str:
        """The service's root, with a slash at its end."""
        return self.url.rstrip("/") + "/"

    @property
    def also_needed(self) -> tuple[str, ...]:
        """What the chosen way of logging on can't do without."""
        return ("oauth_client_id", "oauth_client_secret") if self.oauth_token_url else ("user", "password")
