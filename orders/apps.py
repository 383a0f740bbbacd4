from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        if settings.SHOP_TEMPLATES:
            from orders import overlay  # Its models are there only now.

            register(overlay.check)
