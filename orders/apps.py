from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register
from django.core.management import CommandError
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

from orders.database import encoding


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from orders.steps.instance import mark_new  # Its models are there only now.

        pre_migrate.connect(refuse_other_encodings, sender=self)
        post_migrate.connect(mark_new, sender=self)
        if settings.SHOP_TEMPLATES:
            from orders import overlay

            register(overlay.check)


def refuse_other_encodings(app_config: AppConfig, **signal: Any) -> None:
    """Raises CommandError for a new database; one that is in use goes on, and `manage.py doctor` tells."""
    orders = app_config.get_model("Order")._meta.db_table
    if (trouble := encoding.trouble()) and orders not in connection.introspection.table_names():
        raise CommandError(f"{trouble} Nothing was made in it. {encoding.WHAT_TO_DO}")
