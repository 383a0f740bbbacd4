from django.apps import AppConfig
from django.core.checks import register


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from orders import overlay  # Its models are there only now.

        register(overlay.check)
