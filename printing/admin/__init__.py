"""What staff see of printing: printers, print jobs, and the pick list among the orders' actions."""

from printing.admin.job import PrintJobAdmin
from printing.admin.order import PrintableOrderAdmin
from printing.admin.printer import PrinterAdmin

__all__ = ["PrintJobAdmin", "PrintableOrderAdmin", "PrinterAdmin"]
