"""Where staff look and act. One file a noun; what an action means is in `orders.lifecycle`."""

from django.conf import settings
from django.contrib import admin

from shop.staff.admin.dead_letter import DeadLetterAdmin
from shop.staff.admin.destination import DestinationAdmin
from shop.staff.admin.integrations import ConnectionAdmin, FiguresAdmin
from shop.staff.admin.order import OrderAdmin
from shop.staff.admin.print_job import PrintJobAdmin
from shop.staff.admin.printer import PrinterAdmin
from shop.staff.admin.product import ProductAdmin
from shop.staff.admin.step import StepAdmin

__all__ = [
    "ConnectionAdmin",
    "DeadLetterAdmin",
    "DestinationAdmin",
    "FiguresAdmin",
    "OrderAdmin",
    "PrintJobAdmin",
    "PrinterAdmin",
    "ProductAdmin",
    "StepAdmin",
]

admin.site.site_header = admin.site.site_title = settings.SHOP_NAME
admin.site.index_title = "Today"
admin.site.site_url = None  # The site is an API.
