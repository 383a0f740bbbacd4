"""Where staff look and act. One file a noun; what an action means is in `orders.services`."""

from django.conf import settings
from django.contrib import admin

from orders.admin.dead_letter import DeadLetterAdmin
from orders.admin.destination import DestinationAdmin
from orders.admin.order import OrderAdmin
from orders.admin.product import ProductAdmin
from orders.admin.step import StepAdmin

__all__ = ["DeadLetterAdmin", "DestinationAdmin", "OrderAdmin", "ProductAdmin", "StepAdmin"]

admin.site.site_header = admin.site.site_title = settings.SHOP_NAME
admin.site.index_title = "Today"
admin.site.site_url = None  # The site is an API.
