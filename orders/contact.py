"""How a customer can be reached: e-mail addresses, phone numbers, postal codes. Pure, of texts that are tidied."""

import re
import unicodedata

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from orders.fault import NONE, Fault
from orders.request import BIDI_CONTROLS, is_invisible

# The least that can be dialled: 112. Whatever people put between the digits, and an extension.
LEAST_DIGITS = 3
_PHONE = re.compile(r"[\d\s+()/.,;#*\-]+((?:ext(?:n|ension)?|x)\.?\s*\d+)?", re.IGNORECASE)
_NO_EMAIL = Fault("This is no e-mail address; one is jo@example.com, for example.", "not_an_email")
_NO_PHONE = Fault("This is no phone number; one is +49 30 123456, for example.", "not_a_phone")
_valid = EmailValidator(allowlist=[])  # "localhost" is nobody's address.
LONGEST_LOCAL = 64  # bytes: RFC 5321, 4.5.3.1.1
LONGEST = 254  # bytes: a path has 256, with its angle brackets
# Dashes that Unicode has elsewhere: a minus, and the long vowel that Japanese keyboards type for one.
_MORE_DASHES = "\u2212\u30fc"
LONGEST_CODE = 10  # SAP's PostalCode
# Of a longer one, tried in turn: spaces around its dash, the country in front.
_SPARED = [re.compile(r"\s+(?=-)|(?<=-)\s+"), re.compile(r"^[A-Z]{2}-|^[A-Z]{1,3}[ -](?=\d)")]
_OF_IRAN = re.compile(r"(\d{5})[ -](\d{5})")
_JOINERS = "\u200c\u200d"  # A domain may need them: https://www.rfc-editor.org/rfc/rfc5892#appendix-A.1


def tidy_email(text: str) -> str:
    """An e-mail address as it is saved: without the signs that nobody sees and that came along when it was copied.

    A domain in other scripts than ASCII is written as it is looked up (UTS 46): full-width letters are none there.
    """
    seen = (char for char in text if char in _JOINERS or char in BIDI_CONTROLS or not is_invisible(char))
    local, at, domain = "".join(seen).rpartition("@")
    return f"{local}{at}{_looked_up(domain)}"


def _looked_up(domain: str) -> str:
    try:
        return domain if domain.isascii() else idna.uts46_remap(domain)
    except UnicodeError:
        return domain  # `email_fault` says so.


def tidy_phone(text: str) -> str:
    """A phone number as it is saved: full-width signs as narrow ones, each dash as `-`, nothing that nobody sees.

    Address books put signs that turn the reading direction around what is copied from them.
    """
    return _narrow(text)


def tidy_postal_code(text: str) -> str:
    """A postal code as it is saved: as a phone number is, and without the mark that Japan writes in front.

    One that is too long as it is written goes without spaces around its dash, or without its country: PT-1000-205.
    """
    code = _narrow(text).removeprefix("〒").strip()
    for spared in _SPARED:
        code = code if len(code) <= LONGEST_CODE else spared.sub("", code)
    return code


def of_iran(code: str) -> str:
    """Iran's postal code without its dash, with which it has a character more than SAP takes: 11936-12345.

    Of another country's code, ten digits may be a slip: a digit too many behind a ZIP code, two codes.
    """
    return _OF_IRAN.sub(r"\1\2", tidy_postal_code(code))


def _narrow(text: str) -> str:
    seen = unicodedata.normalize("NFKC", "".join(char for char in text if not is_invisible(char)))
    return "".join("-" if _is_dash(char) else char for char in seen).strip()


def _is_dash(char: str) -> bool:
    return unicodedata.category(char) == "Pd" or char in _MORE_DASHES


def email_fault(text: str) -> Fault:
    """What is wrong with an e-mail address; no fault if nothing. Its domain may have any script's letters.

    Stricter than RFC 5321: no quotation marks (they may hide spaces and commas) and no bare IP addresses.
    """
    local, _, domain = text.rpartition("@")
    try:
        _valid(text)
        sent = f"{local}@{ascii_domain(domain)}"
    except (ValidationError, UnicodeError):
        return _NO_EMAIL
    too_long = len(local.encode()) > LONGEST_LOCAL or len(sent.encode()) > LONGEST
    return _NO_EMAIL if too_long or '"' in text or "[" in text else NONE


def ascii_domain(domain: str) -> str:
    """A mail's domain as it is sent: what is in ASCII as it is, else as https://www.rfc-editor.org/rfc/rfc5891 says.

    Raises UnicodeError.
    """
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()  # Its errors are UnicodeErrors.


def phone_fault(text: str) -> Fault:
    """What is wrong with a phone number; no fault if nothing. Digits of any script, and what people put between."""
    enough = sum(char.isdecimal() for char in text) >= LEAST_DIGITS
    return NONE if enough and _PHONE.fullmatch(text) else _NO_PHONE
