"""How many orders a client or an address may place. Off unless SHOP_ORDER_RATE is set.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (10)
"""

import math
from datetime import timedelta
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from orders import rates
from orders.api.authentication import client_of
from orders.api.client_address import client_address
from orders.models import Order
from orders.rates import Used

POLICY = "orders"


class OrderRate(BaseThrottle):
    """Counts whatever is sent to be an order, by client where there is a key, else by address.

    A repeat of an order that was placed does not count, and gets its answer when the rate is used up, too.
    """

    used: Used | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Leaves in `view.used` what was counted."""
        key = view.key(request)
        if key and Order.objects.filter(idempotency_key=key).exists():
            return True
        client = client_of(request)
        whom = f"client\n{client}" if client else f"address\n{client_address(request._request)}"
        self.used = view.used = rates.count(whom, rates.read(settings.ORDER_RATE))
        return self.used.within

    def wait(self) -> float | None:
        return seconds(self.used.left) if self.used else None


def headers(used: Used | None) -> dict[str, str]:
    """The rate, and what is left of it if something was counted."""
    rate = rates.read(settings.ORDER_RATE)
    told = {"RateLimit-Policy": f'"{POLICY}";q={rate.most};w={seconds(rate.window)}'}
    if used:
        told["RateLimit"] = f'"{POLICY}";r={max(0, rate.most - used.count)};t={seconds(used.left)}'
    return told


def seconds(time: timedelta) -> int:
    """Whole seconds, rounded up: who waits so long has waited long enough."""
    return max(1, math.ceil(time.total_seconds()))
