"""Where a parcel goes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shipping:
    """A recipient and an address. `country` is ISO 3166-1 alpha-2; what was not given is ""."""

    name: str
    phone: str = ""
    line1: str = ""
    line2: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""

    @property
    def has_address(self) -> bool:
        return bool(self.country)
