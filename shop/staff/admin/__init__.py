"""The rows staff look at and act on, a file a noun.

What an action does is in `orders.lifecycle`, `orders.steps` and `printing`.
"""

from shop.staff.admin.api_key import ApiKeyAdmin
from shop.staff.admin.dead_letter import DeadLetterAdmin
from shop.staff.admin.deed import DeedAdmin
from shop.staff.admin.destination import DestinationAdmin
from shop.staff.admin.failed_logon import FailedLogonAdmin
from shop.staff.admin.order import OrderAdmin
from shop.staff.admin.print_job import PrintJobAdmin
from shop.staff.admin.printer import PrinterAdmin
from shop.staff.admin.product import ProductAdmin
from shop.staff.admin.step import StepAdmin

__all__ = [
    "ApiKeyAdmin",
    "DeadLetterAdmin",
    "DeedAdmin",
    "DestinationAdmin",
    "FailedLogonAdmin",
    "OrderAdmin",
    "PrintJobAdmin",
    "PrinterAdmin",
    "ProductAdmin",
    "StepAdmin",
]
