"""The fields of an order that are no products: what each takes. Pure; docs/api.md has the same table.

Names follow Stripe's `shipping`; lengths are those of SAP's `A_SalesOrderPartnerAddress`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, TypeGuard

from orders.contact import LONGEST_CODE, email_fault, of_iran, phone_fault, tidy_email, tidy_phone, tidy_postal_code
from orders.countries import country_fault
from orders.fault import NONE, Fault, Refused
from orders.money import MINOR_UNITS, MOST_DIGITS
from orders.reading import Reader, read_object
from orders.request import MAX_NAME, MAX_NOTE, code_fault, text_fault, tidy

NO_COUNTRY = Fault("Please add the country to this address: DE, for example.", "required")
_BLANK = Fault("It is blank. Please fill it in, or leave the field out.", "blank")
_WHOLE_DIGITS = 18  # as many as an order's total has before the point
_AMOUNT = re.compile(rf"\d{{1,{_WHOLE_DIGITS}}}(\.\d{{1,{MOST_DIGITS}}})?", re.ASCII)


@dataclass(frozen=True)
class Text:
    """A single line of text: `most` characters of it; numbers and booleans are not taken for text.

    `blank` is what is said of one that is blank; no fault where it may be. `clean` makes of a tidy one what is saved.
    """

    what: str
    most: int
    fault: Callable[[str], Fault] = text_fault
    blank: Fault = _BLANK
    clean: Callable[[str], str] = str
    too_long: Fault = field(init=False)

    def __post_init__(self) -> None:
        words = f"The {self.what} is longer than {self.most} characters. Please shorten it."
        object.__setattr__(self, "too_long", Fault(words, "too_long"))

    def __call__(self, value: Any) -> str:
        """The text as it is saved. Raises Refused."""
        if value is None:
            raise Refused(Fault("Please send text, not null.", "null"))
        if not isinstance(value, str):
            raise Refused(Fault("Please send text, in quotation marks.", "wrong_type"))
        text = tidy(value)
        text = (self.clean(text) or text) if len(text) <= MAX_NOTE else text
        if len(text) > self.most:  # Asked first: the other questions take a while for a million characters.
            raise Refused(self.too_long)
        if fault := (text_fault(text) or self.fault(text)) if text else self.blank:
            raise Refused(fault)
        return text


def read_country(value: Any) -> str:
    """In capitals. Raises Refused."""
    return Text("country", 40, country_fault)(value).upper()


def currency_fault(text: str) -> Fault:
    """What is wrong with a currency's code, in small letters or capitals; no fault if nothing."""
    if text.isascii() and text.upper() in MINOR_UNITS:
        return NONE
    return Fault("A currency has three letters, those of ISO 4217: EUR, for example.", "unknown_currency")


def read_currency(value: Any) -> str:
    """In capitals. Raises Refused."""
    return Text("currency", 40, currency_fault)(value).upper()


def read_amount(value: Any) -> Decimal:
    """What is written, to the digit: "12.34" or 12.34, never as floating point. Raises Refused."""
    if value is None:
        raise Refused(Fault("Please send an amount, not null.", "null"))
    if isinstance(value, str):
        if not _AMOUNT.fullmatch(value):
            raise Refused(Fault('An amount is written with digits and a point: "12.34".', "not_an_amount"))
        return Decimal(value)
    if type(value) not in (int, Decimal):
        raise Refused(Fault('Please send an amount: "12.34", for example.', "wrong_type"))
    if not 0 <= value < 10**_WHOLE_DIGITS:
        raise Refused(Fault(f"An amount is 0 or more, and has at most {_WHOLE_DIGITS} digits.", "out_of_range"))
    return Decimal(value)


ADDRESS: Mapping[str, Reader] = {
    "line1": Text("line", 60),
    "line2": Text("line", 40),
    "postal_code": Text("postal code", LONGEST_CODE, clean=tidy_postal_code),
    "city": Text("city", 40),
    "state": Text("state, which is a code here (CA, NSW),", 3),
    "country": read_country,
}


def read_address(value: Any) -> dict[str, Any]:
    """What its fields are, by name. Raises Refused."""
    if isinstance(value, dict) and _short(country := value.get("country")) and country.strip().upper() == "IR":
        value = value | ({"postal_code": of_iran(code)} if _short(code := value.get("postal_code")) else {})
    return read_object(value, ADDRESS, required={"country": NO_COUNTRY})


def _short(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= MAX_NAME


SHIPPING: Mapping[str, Reader] = {
    "name": Text("name", 80),
    "phone": Text("phone number", 30, phone_fault, clean=tidy_phone),
    "address": read_address,
}
FIELDS: Mapping[str, Reader] = {
    "customer_name": Text("name", MAX_NAME, blank=Fault("Please give the customer's name; it is blank.", "blank")),
    "email": Text("e-mail address", 241, email_fault, clean=tidy_email),
    "shipping": partial(read_object, readers=SHIPPING),
    "note": Text("note", MAX_NOTE, blank=NONE),
    "reference": Text("reference", 35, code_fault),
    "total": read_amount,
    "currency": read_currency,
}
NO_NAME = Fault("Please give the customer's name.", "required")

# What SHOP_ORDER_REQUIRES may name, and what that insists on. An address that a parcel can go to has at least these.
_DELIVERABLE = tuple(f"shipping.address.{part}" for part in ("line1", "city", "country"))
REQUIRABLE: Mapping[str, tuple[str, ...]] = {
    "shipping": _DELIVERABLE,
    "shipping.address": _DELIVERABLE,
    **{name: (name,) for name in ("email", "reference", "total", "currency", "shipping.name", "shipping.phone")},
    **{name: (name,) for name in (f"shipping.address.{part}" for part in ADDRESS)},
}


def requirable(names: list[str]) -> None:
    """Raises ValueError for a name that REQUIRABLE does not have."""
    for name in names:
        if name not in REQUIRABLE:
            raise ValueError(f"an order has no optional field {name!r}; the names are {', '.join(sorted(REQUIRABLE))}.")
