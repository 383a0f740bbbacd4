"""Where a customer can follow a parcel. `orders` knows the shop's carriers; the mail asks in this place alone."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

CARRIERS = "orders.carriers"


def tracking_url(carrier: str, number: str) -> str:
    """The carrier's page of the parcel; "" where there is none. `orders.carriers.tracking_url` answers."""
    return _asked("tracking_url")(carrier, number)


def carrier_name(carrier: str) -> str:
    """What the carrier is called; what the parcel's row says where nobody knows more."""
    return _asked("carrier_name")(carrier) or carrier


def _asked(question: str) -> Callable[..., str]:
    carriers = import_module(CARRIERS) if find_spec(CARRIERS) else None
    return getattr(carriers, question, lambda *args: "")
