"""Where a parcel goes, as staff see it on the order's page."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from orders.models import Shipping
from orders.postal_codes import postal_code_warning


def address(shipping: Shipping) -> SafeString:
    """A line each, and a warning if the country can't have this postal code. (The slip has the country's own order.)"""
    town = " ".join(part for part in (shipping.postal_code, shipping.city, shipping.state) if part)
    lines = [shipping.name, shipping.line1, shipping.line2, town, shipping.country or "no address"]
    shown = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines if line))
    warning = postal_code_warning(shipping.country, shipping.postal_code)
    return shown + format_html('<div class="desk-quiet">{}</div>', f"Please check: {warning}") if warning else shown
