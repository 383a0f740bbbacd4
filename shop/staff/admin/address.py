"""Where a parcel goes, as staff see it on the order's page."""

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from orders.models import Shipping


def address(shipping: Shipping) -> SafeString:
    """A line each. (The slip has them in the country's own order.)"""
    town = " ".join(part for part in (shipping.postal_code, shipping.city, shipping.state) if part)
    lines = [shipping.name, shipping.line1, shipping.line2, town, shipping.country or "no address"]
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines if line))
