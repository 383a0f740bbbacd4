"""How many orders one address may place. Off unless SHOP_ORDER_RATE is set."""

from django.conf import settings
from rest_framework.throttling import SimpleRateThrottle


class OrderRate(SimpleRateThrottle):
    """Counts per client address and web process: a bound against accidents and simple abuse, not an exact quota."""

    scope = "order"

    def get_rate(self) -> str | None:
        return settings.ORDER_RATE or None

    def get_cache_key(self, request: object, view: object) -> str:
        return f"order-rate-{self.get_ident(request)}"  # type: ignore[arg-type]
