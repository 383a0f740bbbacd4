"""Printers, and what was given to them."""

from printing.models.job import PrintJob
from printing.models.list_job import ListJob
from printing.models.printer import Printer

__all__ = ["ListJob", "PrintJob", "Printer"]
