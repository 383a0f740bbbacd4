"""Where a parcel goes, as staff see it on the order's page."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from orders import address_lines
from orders.models import Shipping
from orders.postal_codes import postal_code_warning


def address(shipping: Shipping) -> SafeString:
    """As its country writes it, like the slip; and a warning if the country can't have this postal code."""
    lines = [*address_lines.lines(shipping), *([] if shipping.has_address else ["no address"])]
    shown = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))
    warning = postal_code_warning(shipping.country, shipping.postal_code)
    return shown + format_html('<div class="desk-quiet">{}</div>', f"Please check: {warning}") if warning else shown
