"""Who bought, without name or e-mail: the same customer gives the same pseudonym, and nobody else can compute it."""

import unicodedata

from django.utils.crypto import salted_hmac

from orders.models import Order


def pseudonym(order: Order) -> str:
    """32 hex digits from the customer's e-mail, or name, keyed with the shop's secret.

    A new SHOP_SECRET_KEY makes new ones.
    """
    customer = same_customer(order.email, order.customer_name)
    return salted_hmac("integrations.pseudonym", customer, algorithm="sha256").hexdigest()[:32]


def same_customer(email: str, name: str) -> str:
    """Whom orders are told apart by: the e-mail where there is one, since many have one name. Otherwise the name."""
    return same_name(email or name)


def same_name(name: str) -> str:
    """A customer's name or e-mail as it is compared: without regard to case, spaces and how its accents were typed.

    Unicode's canonical caseless match (The Unicode Standard, 3.13, D145). The last folding changes nothing about that;
    with it, a name in NFC gives what it gave before orders' texts were in NFC.
    """
    if name.isascii():  # As most are, and the rest changes nothing about them.
        return " ".join(name.lower().split())
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
    return " ".join(folded.casefold().split())
