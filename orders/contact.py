"""How a customer can be reached: e-mail addresses and phone numbers. Pure checks, of texts that are tidied."""

import re

import idna
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from orders.fault import NONE, Fault

# The least that can be dialled: 112. Whatever people put between the digits, and an extension.
LEAST_DIGITS = 3
_PHONE = re.compile(r"[\d\s+()/.,;#*\-‐‑–]+((?:ext|x)\.?\s*\d+)?", re.IGNORECASE)
_NO_EMAIL = Fault("This is no e-mail address; one is jo@example.com, for example.", "not_an_email")
_NO_PHONE = Fault("This is no phone number; one is +49 30 123456, for example.", "not_a_phone")
_valid = EmailValidator(allowlist=[])  # "localhost" is nobody's address.
LONGEST_LOCAL = 64  # bytes: RFC 5321, 4.5.3.1.1
LONGEST = 254  # bytes: a path has 256, with its angle brackets


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
