from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register
from django.db.models.signals import post_migrate


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from orders.steps.instance import mark_new  # Its models are there only now.

        post_migrate.connect(mark_new, sender=self)
        if settings.SHOP_TEMPLATES:
            from orders import overlay

            register(overlay.check)
